using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>What every kernel of one backend shares.</summary>
/// <param name="Pool">The threads.</param>
/// <param name="Shared">Working memory of the op that is running, prepared by the caller and read by all workers.</param>
internal sealed record KernelContext(WorkerPool Pool, Scratch Shared);
