using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// What happens to gradients once a step's backward passes are done, in this order: project onto the isocline, clip the global norm, decay
/// or anchor, momentum, update. Clipping before projecting would let the common mode eat the clip budget. With Adam the clipped gradient
/// becomes a direction, which is projected in its turn, before decay or anchor; see docs/adr/0010.
/// </summary>
public sealed record UpdateRule
{
    /// <summary>Which kernels are projected, and how strongly.</summary>
    public IsoclinePolicy Isocline { get; init; } = IsoclinePolicy.Default;

    /// <summary>Momentum, Nesterov, dampening and weight decay.</summary>
    public SgdOptions Sgd { get; init; } = new();

    /// <summary>The constants of Adam, which with the weight decay of <see cref="Sgd"/> is AdamW; null for stochastic gradient descent.</summary>
    public AdamSettings? Adam { get; init; }

    /// <summary>Largest L2 norm of all gradients together; 0 for no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Strength of the pull of every spatial filter and every row of a linear layer, hidden ones too, towards unit norm; 0 for none.</summary>
    public double NormAnchor { get; init; }

    /// <summary>What the learning rate is multiplied by for biases and linear layers.</summary>
    public double SlowRateMultiplier { get; init; } = 1;

    /// <summary>How a kind of parameter is treated by the optimiser.</summary>
    /// <param name="kind">The kind.</param>
    public UpdateGroup GroupOf(ParameterKind kind)
    {
        bool slow = kind is ParameterKind.Bias or ParameterKind.LinearWeight;
        bool decays = Sgd.DecaysEverything || kind is ParameterKind.SpatialKernel or ParameterKind.PointwiseKernel or ParameterKind.LinearWeight;
        return new UpdateGroup(slow ? SlowRateMultiplier : 1, decays ? Sgd.WeightDecay : 0);
    }

    /// <summary>Checks that the rule does not say two things at once.</summary>
    /// <exception cref="ArgumentException">It has momentum, Nesterov or dampening beside Adam, whose momentum is β1.</exception>
    public void Validate()
    {
        if (Adam is not null && (Sgd.Momentum != 0 || Sgd.Nesterov || Sgd.Dampening != 0))
        {
            throw new ArgumentException("Beside Adam, Sgd may give weight decay alone: set its Momentum, Nesterov and Dampening to 0, Adam's momentum is Beta1.", nameof(Sgd));
        }
    }
}
