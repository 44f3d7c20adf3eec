namespace Msr.Core.Training;

/// <summary>
/// Counts the managed bytes that the whole process allocates in stretches of training steps, warm-up left out: while a process is young, the
/// runtime itself allocates for what runs for the first time.
/// </summary>
internal sealed class AllocationMeter
{
    private const int WarmupStretches = 2;

    private long _stretches;
    private long _startBytes;
    private long _startStep;
    private long _bytes;
    private long _steps;

    /// <summary>Bytes per step so far; null before the warm-up is over.</summary>
    public double? BytesPerStep => _steps == 0 ? null : (double)_bytes / _steps;

    public void Begin(long step)
    {
        _startStep = step;
        _startBytes = GC.GetTotalAllocatedBytes(precise: true);
    }

    public void End(long step)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - _startBytes;
        if (step > _startStep && _stretches++ >= WarmupStretches)
        {
            _bytes += bytes;
            _steps += step - _startStep;
        }
    }
}
