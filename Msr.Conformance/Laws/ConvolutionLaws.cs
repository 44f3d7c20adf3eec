using Msr.Conformance.Ops;

namespace Msr.Conformance.Laws;

/// <summary>Laws of convolutions beside those of every op.</summary>
internal static class ConvolutionLaws
{
    /// <summary>The laws of one of the three.</summary>
    public static IReadOnlyList<Law> For(ConvolutionEntry entry) => [];
}
