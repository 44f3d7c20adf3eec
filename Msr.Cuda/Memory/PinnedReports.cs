using Msr.Core.Backends;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Memory;

/// <summary>
/// The losses of the last batches in pinned host memory. The device copies them there as it goes; nobody waits until they are read, so the host
/// queues that many batches ahead.
/// </summary>
internal sealed unsafe class PinnedReports : IDisposable
{
    // A slot is the count of correct samples, then, on a line of its own, the losses.
    private const int LossesAt = 64;

    private readonly CudaStream _stream;
    private readonly PinnedAllocation _memory;
    private readonly int[] _samples;
    private readonly long _slotBytes;
    private long _kept;

    /// <summary>Allocates the slots.</summary>
    /// <param name="context">The context.</param>
    /// <param name="stream">The stream that copies.</param>
    /// <param name="slots">How many batches are kept.</param>
    /// <param name="batch">The most samples of a batch.</param>
    /// <exception cref="CudaException">The host lacks the memory to pin.</exception>
    public PinnedReports(CudaContext context, CudaStream stream, int slots, int batch)
    {
        (_stream, _samples) = (stream, new int[slots]);
        _slotBytes = LossesAt + (((batch * (long)sizeof(float)) + LossesAt - 1) / LossesAt * LossesAt);
        _memory = new PinnedAllocation(context, slots * _slotBytes);
    }

    /// <summary>Queues the copy of a batch's losses over the oldest.</summary>
    /// <param name="losses">The device address of the losses.</param>
    /// <param name="correct">The device address of the count of correct samples.</param>
    /// <param name="samples">The number of samples.</param>
    public void Keep(ulong losses, ulong correct, int samples)
    {
        int slot = (int)(_kept++ % _samples.Length);
        _samples[slot] = samples;
        _stream.CopyToHost(At(slot), correct, sizeof(int));
        _stream.CopyToHost(At(slot) + LossesAt, losses, samples * sizeof(float));
    }

    /// <summary>The last reports, the oldest first. Waits, once.</summary>
    /// <param name="reports">Room for as many as are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many are not kept.</exception>
    public void Read(Span<StepReport> reports)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reports.Length, Math.Min(_samples.Length, _kept));
        _stream.Synchronize();
        for (int i = 0; i < reports.Length; i++)
        {
            int slot = (int)((_kept - reports.Length + i) % _samples.Length);
            reports[i] = StepReport.Of(new ReadOnlySpan<float>(At(slot) + LossesAt, _samples[slot]), *(int*)At(slot));
        }
    }

    /// <summary>Frees the memory. The stream must be idle.</summary>
    public void Dispose() => _memory.Dispose();

    private byte* At(int slot) => (byte*)_memory.Pointer + (slot * _slotBytes);
}
