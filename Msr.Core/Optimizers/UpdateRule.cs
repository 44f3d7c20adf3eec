using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// The way from gradients to parameters once a step's backward passes are done, in this order: project onto the isocline, clip the global norm, make
/// directions and project these (<see cref="Optimizer.Direct"/>), decay or anchor, momentum, update. Clipping before projecting would let the common
/// mode eat the clip budget; see docs/adr/0003.
/// </summary>
public sealed record UpdateRule
{
    /// <summary>Which kernels are projected, and how strongly.</summary>
    public IsoclinePolicy Isocline { get; init; } = IsoclinePolicy.Default;

    /// <summary>The optimizer, with its weight decay.</summary>
    public Optimizer Optimizer { get; init; } = new Sgd();

    /// <summary>Largest L2 norm of all gradients together; 0 for no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Strength of the pull of every spatial filter and every row of a linear layer, hidden ones too, towards unit norm; 0 for none.</summary>
    public double NormAnchor { get; init; }

    /// <summary>The factor of the learning rate for biases and linear layers.</summary>
    public double SlowRateMultiplier { get; init; } = 1;

    /// <summary>The group that a kind of parameter belongs to.</summary>
    /// <param name="kind">The kind.</param>
    public UpdateGroup GroupOf(ParameterKind kind)
    {
        bool slow = kind is ParameterKind.Bias or ParameterKind.LinearWeight;
        bool decays = Optimizer.DecaysEverything || kind is ParameterKind.SpatialKernel or ParameterKind.PointwiseKernel or ParameterKind.LinearWeight;
        return new UpdateGroup(slow ? SlowRateMultiplier : 1, decays ? Optimizer.WeightDecay : 0);
    }
}
