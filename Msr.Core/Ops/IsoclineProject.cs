using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// The rule of the method, in place: x[o,t,i] ← x[o,t,i] − λ·(1/taps)·Σ_t x[o,t,i]. With λ = 1 it is the orthogonal projection onto
/// the kernels whose every slice has zero mean; applied to gradients it keeps kernels there.
/// </summary>
/// <remarks>
/// Source: arXiv:1911.13173. Error: λ·γ_{n+2}·Σ|x|/n + u·|result| with n = taps.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record IsoclineProject<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "isocline.project";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Filters or their gradient as [outer, taps, inner]; [K, R·S, C/G] for filters.</param>
    /// <param name="lambda">The weight λ of the mean, from 0 to 1.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public IsoclineProject(TensorRef<T> x, double lambda)
    {
        Require.Rank(Kind, "x", 3, x.Shape);
        Require.NotNegative(Kind, nameof(lambda), lambda);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lambda, 1);
        (X, Lambda) = (x, lambda);
    }

    /// <summary>Filters or their gradient as [outer, taps, inner]; [K, R·S, C/G] for filters.</summary>
    public TensorRef<T> X { get; }

    /// <summary>The weight λ of the mean, from 0 to 1.</summary>
    public double Lambda { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Write("x", X, accumulate: true),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new IsoclineProject<T>(map.Map(X), Lambda);
    }
}
