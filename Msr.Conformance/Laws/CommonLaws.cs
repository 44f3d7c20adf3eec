using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>A law of ops.</summary>
public abstract class OpLaw : Law
{
    /// <inheritdoc/>
    public sealed override LawOutcome Check(TestCase testCase, Subject subject) => Check((OpCase)testCase, subject);

    /// <summary>Checks one case of an op on one backend.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="subject">The backend.</param>
    public abstract LawOutcome Check(OpCase opCase, Subject subject);
}

/// <summary>The laws of every op.</summary>
public static class CommonLaws
{
    /// <summary>All of them, cheap ones first: a fault is named by the simplest law it breaks.</summary>
    public static IReadOnlyList<Law> All { get; } =
    [
        MemoryLaw.NoOverrun,
        MemoryLaw.WritesEverything,
        MemoryLaw.InputsUnchanged,
        new BoundLaw(),
        ExactIntegersLaw.Small,
        ExactIntegersLaw.Wide,
        new AccumulateLaw(),
        new InPlaceLaw(),
        new AnyOffsetLaw(),
        new BitwiseRepeatLaw(),
        new AnyThreadCountLaw(),
        new LinearityLaw(),
        new TranslationLaw(),
        new AdjointLaw(),
        new GradientLaw(),
        new BatchInvarianceLaw(),
        new SpecialValuesLaw(),
        new ErrorInputsLaw(),
    ];
}
