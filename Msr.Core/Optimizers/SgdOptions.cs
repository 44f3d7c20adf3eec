namespace Msr.Core.Optimizers;

/// <summary>Stochastic gradient descent; see <see cref="Ops.SgdStep{T}"/> for the rule.</summary>
/// <param name="Momentum">Momentum, from 0 to 1; with 1 nothing ever slows down.</param>
/// <param name="Nesterov">Whether the step looks ahead along the momentum.</param>
/// <param name="Dampening">What the gradient loses before it enters the momentum, from the second step on.</param>
/// <param name="WeightDecay">Coupled weight decay, from 0.</param>
/// <param name="DecaysEverything">Whether biases, scales and normalisations decay too, not only kernels and linear weights.</param>
public sealed record SgdOptions(
    double Momentum = 0.9,
    bool Nesterov = false,
    double Dampening = 0,
    double WeightDecay = 0,
    bool DecaysEverything = false);
