using System.Collections.Immutable;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>Stochastic gradient descent; see <see cref="SgdStep{T}"/> for the rule.</summary>
/// <param name="Momentum">Momentum, from 0 to 1; with 1 nothing ever slows down.</param>
/// <param name="Nesterov">Whether the step looks ahead along the momentum.</param>
/// <param name="Dampening">The share of the gradient that does not enter the momentum, from the second step on.</param>
/// <param name="WeightDecay">Coupled weight decay, from 0: it goes through the momentum.</param>
/// <param name="DecaysEverything">Whether biases, scales and normalisations decay too, not only kernels and linear weights.</param>
public sealed record Sgd(
    double Momentum = 0.9,
    bool Nesterov = false,
    double Dampening = 0,
    double WeightDecay = 0,
    bool DecaysEverything = false) : Optimizer
{
    /// <summary>The momentum buffer. In checkpoints it has the names of the parameters.</summary>
    public static ParameterPart MomentumBuffer { get; } = ParameterPart.State("momentum");

    /// <inheritdoc/>
    public override ImmutableArray<ParameterPart> State => [MomentumBuffer];

    /// <inheritdoc/>
    internal override ImmutableArray<PlanScalar> Scalars => [Rate, Gain];

    /// <summary>The weight of the gradient in the momentum: 1 in the first step, so that the momentum begins as the gradient.</summary>
    private PlanScalar Gain => new("gain", step => step.Step == 0 ? 1 : 1 - Dampening);

    /// <inheritdoc/>
    public override SgdSettings SettingsOf(UpdateGroup group) => new(Momentum, Nesterov, group.WeightDecay, group.RateMultiplier);

    /// <inheritdoc/>
    internal override IEnumerable<Op<T>> Step<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports) => Descend(blocks, ports, MomentumBuffer, Gain);
}
