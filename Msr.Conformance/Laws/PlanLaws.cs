namespace Msr.Conformance.Laws;

/// <summary>The laws of whole networks.</summary>
internal static class PlanLaws
{
    /// <summary>Laws that one step from a fresh start shows.</summary>
    public static IReadOnlyList<Law> OfSteps { get; } =
    [
        new InitializationLaw(),
        new TrainIsTestLaw(),
        new PlanBatchLaw(),
        new PlanThreadLaw(),
        new CompiledIsInterpretedLaw(),
        new StepNearReferenceLaw(),
        new AccumulatedGradientsLaw(),
    ];

    /// <summary>Laws that take several steps.</summary>
    public static IReadOnlyList<Law> OfTrajectories { get; } =
    [
        new TrainIsTestLaw(),
        new ResumeLaw(),
        new PlanThreadLaw(),
        new CompiledIsInterpretedLaw(),
        new StepNearReferenceLaw(),
        new PlanIsoclineLaw(),
    ];
}
