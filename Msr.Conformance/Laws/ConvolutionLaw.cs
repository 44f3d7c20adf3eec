using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>A law of the three convolutions.</summary>
internal abstract class ConvolutionLaw : OpLaw
{
    public override LawStrength Strength => LawStrength.Exact;

    public sealed override LawOutcome Check(OpCase opCase, Subject subject) => Check((ConvolutionCase)opCase.Writing, subject);

    /// <summary>Checks a case that does not accumulate.</summary>
    protected abstract LawOutcome Check(ConvolutionCase conv, Subject subject);

    /// <summary>The one result of a case on some contents.</summary>
    protected static double[] Result(OpCase opCase, Subject subject, CaseData data) =>
        subject.Run(opCase, data).Outputs.Reals.Single(pair => opCase.Writes(pair.Key)).Value;

    /// <summary>The verdict on a result that must be another one exactly.</summary>
    protected static LawOutcome Same(Subject subject, string operand, double[] got, double[] expected) =>
        new Judge(subject).Compare(operand, got, expected, new double[got.Length]).Outcome;
}
