namespace Msr.Conformance.Plans;

/// <summary>A kernel that a plan keeps on the isocline.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Taps">Taps of a slice.</param>
/// <param name="Offset">Where its gradient begins in the block of all gradients.</param>
/// <param name="ToExchange">From canonical order to slices one after the other.</param>
internal sealed record ProjectedKernel(string Name, int Taps, long Offset, Func<double[], double[]> ToExchange);
