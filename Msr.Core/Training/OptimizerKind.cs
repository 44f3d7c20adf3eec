using Msr.Core.Optimizers;

namespace Msr.Core.Training;

/// <summary>The optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay, its direction projected onto the isocline; see docs/adr/0010.</summary>
    AdamW,
}

/// <summary>The table of optimizers: what each makes of the options that all of them share.</summary>
public static class OptimizerTable
{
    /// <summary>The optimizer of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="momentum">Momentum; with AdamW β1.</param>
    /// <param name="nesterov">Whether the step looks ahead along the momentum; SGD alone does.</param>
    /// <param name="weightDecay">Weight decay.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static Optimizer Create(this OptimizerKind kind, double momentum, bool nesterov, double weightDecay) => kind switch
    {
        OptimizerKind.Sgd => new Sgd(momentum, nesterov, WeightDecay: weightDecay),
        OptimizerKind.AdamW => new AdamW(momentum, WeightDecay: weightDecay),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such optimizer."),
    };
}
