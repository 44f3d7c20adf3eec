using System.Runtime.InteropServices;

namespace Msr.Cpu.Threading;

/// <summary>The way of an object to the threads of a pool: a job holds no references, a handle it can hold.</summary>
/// <param name="pieces">A handle of an <see cref="IPieces"/>.</param>
internal readonly struct PiecesJob(GCHandle pieces) : IJob
{
    /// <inheritdoc/>
    public void Run(int index, Worker worker) => ((IPieces)pieces.Target!).RunPiece(index, worker);
}
