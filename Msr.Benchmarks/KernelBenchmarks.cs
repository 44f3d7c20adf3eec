using BenchmarkDotNet.Attributes;
using Msr.Core.Ops;

namespace Msr.Benchmarks;

/// <summary>Times of single ops on the CPU backend, one thread.</summary>
public abstract class KernelBenchmarks
{
    private Workspace? _workspace;

    /// <summary>Opens the backend and makes the ops.</summary>
    [GlobalSetup]
    public void Open() => Prepare(_workspace = new Workspace(threads: 1));

    /// <summary>Frees.</summary>
    [GlobalCleanup]
    public void Close() => _workspace?.Dispose();

    /// <summary>Makes the ops.</summary>
    /// <param name="workspace">Holds their tensors.</param>
    protected abstract void Prepare(Workspace workspace);

    /// <summary>Runs an op.</summary>
    /// <param name="op">The op, on tensors of the workspace.</param>
    protected void Run(Op<float>? op) => _workspace!.Run(op!);
}
