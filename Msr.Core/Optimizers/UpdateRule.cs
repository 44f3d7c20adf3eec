using System.Collections.Immutable;
using System.IO.Enumeration;
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

/// <summary>Parameters that the optimizer treats alike.</summary>
/// <param name="RateMultiplier">What the learning rate is multiplied by.</param>
/// <param name="WeightDecay">The weight decay.</param>
public readonly record struct UpdateGroup(double RateMultiplier, double WeightDecay) : IComparable<UpdateGroup>
{
    /// <summary>Whether a group comes before another.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator <(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) < 0;

    /// <summary>Whether a group comes before another or is it.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator <=(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a group comes after another.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator >(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) > 0;

    /// <summary>Whether a group comes after another or is it.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator >=(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(UpdateGroup other) => (RateMultiplier, WeightDecay).CompareTo((other.RateMultiplier, other.WeightDecay));
}

/// <summary>
/// Mean shift rejection: from the gradient of every spatial kernel, λ times the mean of each slice is subtracted. With λ = 1 that is the
/// orthogonal projection onto the isocline, and the only value that holds it. Kernels of one tap have no spatial mean and are never
/// projected: λ = 1 would erase their gradient.
/// </summary>
/// <remarks>Source: arXiv:1911.13173. The free gradient of the first convolution is ours.</remarks>
public sealed record IsoclinePolicy
{
    /// <summary>λ = 1 on every spatial kernel but the first.</summary>
    public static IsoclinePolicy Default { get; } = new();

    /// <summary>No projection at all.</summary>
    public static IsoclinePolicy Off { get; } = new() { Lambda = 0 };

    /// <summary>The weight of the mean that is subtracted, from 0 to 1.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of parameter names whose gradients are left free.</summary>
    public ImmutableArray<string> Exclude { get; init; } = ["stem.weight"];

    /// <summary>Whether kernels that start on the isocline stay there: λ = 1.</summary>
    public bool HoldsExactly => Lambda == 1;

    /// <summary>The patterns of <see cref="Exclude"/> that free nothing: most likely misspelt.</summary>
    /// <param name="kernels">The names of the spatial kernels.</param>
    public IEnumerable<string> IdleExclusions(IReadOnlyCollection<string> kernels) =>
        Exclude.Where(pattern => !kernels.Any(name => Matches(pattern, name)));

    /// <summary>Whether a parameter's gradient is projected.</summary>
    /// <param name="name">Its path.</param>
    /// <param name="kind">What it is.</param>
    public bool Projects(string name, ParameterKind kind) =>
        Lambda > 0 && kind == ParameterKind.SpatialKernel && !Exclude.Any(pattern => Matches(pattern, name));

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
