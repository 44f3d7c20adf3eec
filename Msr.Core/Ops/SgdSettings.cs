namespace Msr.Core.Ops;

/// <summary>The constants of <see cref="SgdStep{T}"/>, which checks them.</summary>
/// <param name="Momentum">Momentum, from 0.</param>
/// <param name="Nesterov">Whether the step looks ahead along the momentum.</param>
/// <param name="WeightDecay">Coupled weight decay, from 0: the multiple of the parameters that is added to the gradient.</param>
/// <param name="RateMultiplier">What the learning rate is multiplied by for these parameters, from 0.</param>
public sealed record SgdSettings(double Momentum = 0, bool Nesterov = false, double WeightDecay = 0, double RateMultiplier = 1);
