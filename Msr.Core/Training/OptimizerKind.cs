using System.Collections.Immutable;

namespace Msr.Core.Training;

/// <summary>The optimiser.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay, its direction projected onto the isocline; see docs/adr/0010.</summary>
    AdamW,
}

/// <summary>An optimiser as the option table offers it: the one line that a new optimiser adds there.</summary>
/// <param name="Kind">The optimiser.</param>
/// <param name="Name">Its name for users.</param>
/// <param name="Purpose">What it is, in a few words.</param>
public sealed record OptimizerChoice(OptimizerKind Kind, string Name, string Purpose)
{
    /// <summary>All optimisers, the default first.</summary>
    public static ImmutableArray<OptimizerChoice> All { get; } =
    [
        new(OptimizerKind.Sgd, "sgd", "stochastic gradient descent with momentum") { Uses = ["--momentum", "--nesterov"] },
        new(OptimizerKind.AdamW, "adamw", "Adam with decoupled weight decay (beta2 0.999, epsilon 1e-8)") { Uses = ["--momentum"], Rate = 0.02, MomentumIsBelowOne = true },
    ];

    /// <summary>Its peak learning rate where none is given; null for the method's, which grows with the batch.</summary>
    public double? Rate { get; init; }

    /// <summary>The options that it uses of those that not every optimiser does; others are refused.</summary>
    public ImmutableArray<string> Uses { get; init; } = [];

    /// <summary>Whether its momentum is the weight of a mean over steps, such as Adam's β₁, which must be below 1.</summary>
    public bool MomentumIsBelowOne { get; init; }

    /// <summary>The line of an optimiser.</summary>
    /// <param name="kind">The optimiser.</param>
    /// <exception cref="ArgumentException">There is no such optimiser.</exception>
    public static OptimizerChoice Of(OptimizerKind kind) =>
        All.FirstOrDefault(choice => choice.Kind == kind) ?? throw new ArgumentException($"There is no optimizer {kind}.", nameof(kind));
}
