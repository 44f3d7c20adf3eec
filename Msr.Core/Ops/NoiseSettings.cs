namespace Msr.Core.Ops;

/// <summary>The constants of <see cref="NoiseApply{T}"/>.</summary>
/// <param name="Distribution">How z is drawn and used.</param>
/// <param name="Site">Where in the network the noise is, a number of its own for every site.</param>
/// <param name="Key">The 64-bit key of Philox: the run's seed, split for noise.</param>
public sealed record NoiseSettings(NoiseDistribution Distribution, int Site, ulong Key);
