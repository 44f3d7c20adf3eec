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

/// <summary>A line of the table of optimizers: one for each <see cref="OptimizerKind"/>, in its order.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name that users select it by.</param>
/// <param name="Create">Makes it from momentum, Nesterov and weight decay, the options that all optimizers share.</param>
public sealed record OptimizerEntry(OptimizerKind Kind, string Name, Func<double, bool, double, Optimizer> Create)
{
    /// <summary>All optimizers.</summary>
    public static IReadOnlyList<OptimizerEntry> All { get; } =
    [
        new(OptimizerKind.Sgd, "sgd", static (momentum, nesterov, decay) => new Sgd(momentum, nesterov, WeightDecay: decay)),
        new(OptimizerKind.AdamW, "adamw", static (momentum, _, decay) => new AdamW(Beta1: momentum, WeightDecay: decay)),
    ];
}
