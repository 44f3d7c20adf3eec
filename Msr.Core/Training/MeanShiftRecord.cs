namespace Msr.Core.Training;

/// <summary>The mean shift of one activation: how much of its power is constant per channel.</summary>
/// <param name="Layer">The path of the layer.</param>
/// <param name="Place">Where it lies: branch, rectified or stream.</param>
/// <param name="Rms">Root mean square of the activation.</param>
/// <param name="CommonModeShare">mean over channels of μ_c², over the mean of x²: 0 without, 1 with nothing but mean shift.</param>
/// <param name="DeadChannels">The share of channels that are zero throughout.</param>
public sealed record MeanShiftRecord(string Layer, string Place, double Rms, double CommonModeShare, double DeadChannels);
