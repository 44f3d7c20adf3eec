using Msr.Cpu.Memory;

namespace Msr.Cpu.Threading;

/// <summary>One thread of a <see cref="WorkerPool"/>, seen by the work it does.</summary>
public sealed class Worker
{
    internal Worker(int index) => Index = index;

    /// <summary>Its number; 0 is the thread that asked for the work.</summary>
    public int Index { get; }

    /// <summary>Memory of this worker alone, kept from job to job.</summary>
    public Scratch Scratch { get; } = new();
}
