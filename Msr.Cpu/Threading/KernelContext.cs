using Msr.Cpu.Memory;

namespace Msr.Cpu.Threading;

/// <summary>The context that all kernels of one backend share.</summary>
/// <param name="Pool">The threads.</param>
/// <param name="Shared">Working memory of the op that is running, prepared by the caller and read by all workers.</param>
/// <param name="Tables">Working memory of the epilogue of the op that is running.</param>
/// <param name="Winograd">Whether convolutions may be computed by Winograd's transforms.</param>
internal sealed record KernelContext(WorkerPool Pool, Scratch Shared, Scratch Tables, bool Winograd)
{
    /// <summary>Ops that move fewer elements run on the calling thread.</summary>
    public const long SmallWork = 1 << 14;

    /// <summary>Multiply-adds that cost about as much as moving one element.</summary>
    public const int ProductsPerElement = 16;

    /// <summary>Pieces of work that keep all threads busy though some take longer; one thread needs none. Results do not depend on it.</summary>
    public int Pieces => Pool.Threads == 1 ? 1 : 2 * Pool.Threads;

    /// <summary>Runs a job on all threads, or on the caller alone when there is little to do. Results do not depend on it.</summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="job">The job.</param>
    /// <param name="work">What there is to do, in elements moved.</param>
    public void For<TJob>(int count, ref TJob job, long work)
        where TJob : unmanaged, IJob
    {
        if (work < SmallWork)
        {
            Pool.ForHere(count, ref job);
        }
        else
        {
            Pool.For(count, ref job);
        }
    }
}
