namespace Msr.Cpu.Threading;

/// <summary>Work in independent pieces that lives on the heap; <see cref="PiecesJob"/> brings it to a <see cref="WorkerPool"/>.</summary>
internal interface IPieces
{
    /// <summary>Does one piece.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="worker">The worker that does it.</param>
    void RunPiece(int index, Worker worker);
}
