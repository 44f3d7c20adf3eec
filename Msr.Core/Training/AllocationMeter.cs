namespace Msr.Core.Training;

/// <summary>
/// Counts the managed bytes that the whole process allocates in stretches of training steps. What a step allocates shows in every stretch; what
/// happens once (code compiled again, the first partial batch) shows in a few. The median over stretches tells the former from the latter.
/// </summary>
internal sealed class AllocationMeter
{
    private const int WarmupStretches = 2;

    private readonly List<double> _bytesPerStep = [];
    private long _stretches;
    private long _startBytes;
    private long _startStep;

    /// <summary>Median over stretches of the bytes per step; null before the warm-up is over.</summary>
    public double? BytesPerStep => _bytesPerStep.Count == 0 ? null : _bytesPerStep.Order().ElementAt((_bytesPerStep.Count - 1) / 2);

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
            _bytesPerStep.Add((double)bytes / (step - _startStep));
        }
    }
}
