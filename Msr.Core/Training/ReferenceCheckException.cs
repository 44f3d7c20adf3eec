namespace Msr.Core.Training;

/// <summary>A step differs from the reference by more than rounding explains.</summary>
/// <param name="report">What was found.</param>
public sealed class ReferenceCheckException(ReferenceCheckReport report) : Exception($"The {report}.")
{
    /// <summary>What was found.</summary>
    public ReferenceCheckReport Report { get; } = report;
}
