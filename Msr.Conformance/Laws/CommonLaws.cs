namespace Msr.Conformance.Laws;

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
