using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>
/// Two backends that run the same kernels give the same bits: a device and the machine that emulates it. It is no law of arithmetic, and holds
/// for no kind whose products a library computes.
/// </summary>
/// <param name="other">The backend to compare with, which the caller disposes of.</param>
public sealed class SameBitsAsLaw(Subject other) : OpLaw
{
    private readonly Lock _oneAtATime = new();

    /// <inheritdoc/>
    public override string Name => "same-bits-as";

    /// <inheritdoc/>
    public override string Statement => "Another backend that runs the same kernels gives the same bits.";

    /// <inheritdoc/>
    public override LawStrength Strength => LawStrength.Exact;

    /// <inheritdoc/>
    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        ArgumentNullException.ThrowIfNull(subject);
        lock (_oneAtATime)
        {
            return other.Supports(opCase)
                ? LawOutcome.FailedIf(SameBitsLaw.Difference(opCase.RunOn(subject).Outputs, other.Run(opCase, opCase.Data).Outputs, $"on {other}"))
                : LawOutcome.Skipped($"{other} does not support it");
        }
    }
}
