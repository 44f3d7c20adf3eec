namespace Msr.Conformance.Plans;

/// <summary>The result of comparing a step with its replay.</summary>
/// <param name="Step">The index of the step, from 0.</param>
/// <param name="Decided">How many quantities were compared: the loss, and each gradient and parameter.</param>
/// <param name="Undecided">How many more could not be: rounding alone decides too many of the ReLUs that they depend on.</param>
/// <param name="Worst">The quantity that comes closest to its bound, or is furthest beyond it.</param>
/// <param name="Error">Its relative error in L2.</param>
/// <param name="Allowed">The error that is allowed for it.</param>
public sealed record StepCheckReport(long Step, int Decided, int Undecided, string Worst, double Error, double Allowed)
{
    /// <summary>Whether every quantity that can be decided is within its bound. An error that is not a number is not.</summary>
    public bool Passed => Error <= Allowed;

    /// <inheritdoc/>
    public override string ToString()
    {
        string undecided = Undecided == 0 ? "" : $", {Undecided} more cannot be decided (rounding alone decides their ReLUs)";
        return Passed
            ? $"check at step {Step} passed: {Decided} quantities agree with the reference{undecided}; "
                + $"closest to its bound is {Worst}: error {Error:G3}, allowed {Allowed:G3}"
            : $"check at step {Step} failed: {Worst} differs from the reference: error {Error:G3}, allowed {Allowed:G3}";
    }
}

/// <summary>A step differs from the reference by more than rounding explains.</summary>
/// <param name="report">What was found.</param>
public sealed class StepCheckException(StepCheckReport report) : Exception($"The {report}.")
{
    /// <summary>The finding.</summary>
    public StepCheckReport Report { get; } = report;
}
