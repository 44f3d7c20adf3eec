namespace Msr.Core.Training;

/// <summary>The form of a schedule after its warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>The peak rate throughout.</summary>
    Constant,

    /// <summary>The rate falls by a factor at every milestone.</summary>
    Step,

    /// <summary>Half a cosine from the peak to 0.</summary>
    Cosine,

    /// <summary>A straight line from the peak to 0.</summary>
    OneCycle,
}
