using System.Collections.Immutable;
using System.IO.Enumeration;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

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
