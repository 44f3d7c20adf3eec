using System.Collections.Immutable;
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
/// <param name="Nesterov">Whether the momentum is Nesterov's.</param>
/// <param name="Dampening">The share of the gradient that does not enter the momentum.</param>
/// <param name="WeightDecay">Weight decay.</param>
public sealed record OptimizerOptions(double Momentum, bool Nesterov, double Dampening, double WeightDecay);

/// <summary>A line of the table of optimizers, which <c>--optimizer</c> and the conformance kit read: one for each <see cref="OptimizerKind"/>, in its order.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name that users select it by.</param>
/// <param name="Purpose">What it is, in a few words.</param>
/// <param name="Create">Makes it.</param>
public sealed record OptimizerEntry(OptimizerKind Kind, string Name, string Purpose, Func<OptimizerOptions, Optimizer> Create)
{
    /// <summary>All optimizers, the default first.</summary>
    public static ImmutableArray<OptimizerEntry> All { get; } =
    [
        new(OptimizerKind.Sgd, "sgd", "stochastic gradient descent with momentum",
            static options => new Sgd(options.Momentum, options.Nesterov, options.Dampening, options.WeightDecay)) { Uses = ["--momentum", "--nesterov"] },
        new(OptimizerKind.AdamW, "adamw", "Adam with decoupled weight decay (beta2 0.999, epsilon 1e-8)",
            static options => new AdamW(options.Momentum, WeightDecay: options.WeightDecay)) { Uses = ["--momentum"], Rate = 0.02, MomentumIsBelowOne = true },
    ];

    /// <summary>Its peak learning rate where none is given; null for the method's, which grows with the batch.</summary>
    public double? Rate { get; init; }

    /// <summary>The options that it uses of those that not every optimizer does; the others are refused.</summary>
    public ImmutableArray<string> Uses { get; init; } = [];

    /// <summary>Whether its momentum is the weight of a mean over steps, such as Adam's β1, which must be below 1.</summary>
    public bool MomentumIsBelowOne { get; init; }

    /// <summary>The line of an optimizer.</summary>
    /// <param name="kind">The optimizer.</param>
    /// <exception cref="ArgumentException">There is no such optimizer.</exception>
    public static OptimizerEntry Of(OptimizerKind kind) =>
        All.FirstOrDefault(entry => entry.Kind == kind) ?? throw new ArgumentException($"There is no optimizer {kind}.", nameof(kind));
}
