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

/// <summary>The options that optimizers share; each takes those that mean something to it.</summary>
/// <param name="Momentum">Momentum; β1 of Adam.</param>
/// <param name="Nesterov">Whether the step looks ahead along the momentum.</param>
/// <param name="Dampening">The share of the gradient that does not enter the momentum.</param>
/// <param name="WeightDecay">Weight decay.</param>
public sealed record OptimizerOptions(double Momentum, bool Nesterov, double Dampening, double WeightDecay);

/// <summary>A line of the table of optimizers: one for each <see cref="OptimizerKind"/>, in its order.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name that users select it by.</param>
/// <param name="Create">Makes it.</param>
public sealed record OptimizerEntry(OptimizerKind Kind, string Name, Func<OptimizerOptions, Optimizer> Create)
{
    /// <summary>All optimizers.</summary>
    public static IReadOnlyList<OptimizerEntry> All { get; } =
    [
        new(OptimizerKind.Sgd, "sgd", static options => new Sgd(options.Momentum, options.Nesterov, options.Dampening, options.WeightDecay)),
        new(OptimizerKind.AdamW, "adamw", static options => new AdamW(options.Momentum, WeightDecay: options.WeightDecay)),
    ];
}
