namespace Msr.Cpu.Threading;

/// <summary>Work in independent pieces, which <see cref="WorkerPool"/> hands to its threads in no particular order.</summary>
public interface IJob
{
    /// <summary>Does one piece.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="worker">The worker that does it, for scratch memory of its own.</param>
    void Run(int index, Worker worker);
}
