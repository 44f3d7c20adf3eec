namespace Msr.Conformance.Laws;

/// <summary>Laws of convolutions beside those of every op.</summary>
internal static class ConvolutionLaws
{
    /// <summary>All of them; each says itself which of the three convolutions it looks at.</summary>
    public static IReadOnlyList<Law> All { get; } = [new SeparateGroupsLaw(), new PointwiseProductLaw(), new PaddedPlaneLaw(), new CentredKernelLaw()];
}
