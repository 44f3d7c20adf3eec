namespace Msr.Core.Plans;

/// <summary>What a plan needs to know besides the network and the update rule.</summary>
/// <param name="BatchSize">The largest number of samples of a step.</param>
/// <param name="NoiseKey">The key of the noise: the run's seed, split.</param>
/// <param name="LabelSmoothing">Label smoothing, from 0 to below 1.</param>
public sealed record PlanSettings(int BatchSize, ulong NoiseKey = 0, double LabelSmoothing = 0);
