using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Adds the gradient of strength·Σ_k (‖w_k‖₂ − 1)² over filters k: g[k,…] ← g + 2·strength·(1 − 1/‖w_k‖)·w[k,…]. A filter of norm 0 adds nothing.
/// </summary>
/// <remarks>
/// Error: γ_{n+7}·(|g| + 2·strength·(1 + 1/‖w_k‖)·|w|) over the n weights of a filter.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record NormAnchor<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "norm.anchor";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="w">Filters or classifier rows, [rows, length].</param>
    /// <param name="g">Their gradient, added to, shaped like w.</param>
    /// <param name="strength">The strength, at least 0.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public NormAnchor(TensorRef<T> w, TensorRef<T> g, double strength)
    {
        Require.Rank(Kind, "w", 2, w.Shape);
        Require.Shape(Kind, "g", w.Shape, g.Shape);
        Require.NotNegative(Kind, nameof(strength), strength);
        (W, G, Strength) = (w, g, strength);
    }

    /// <summary>Filters or classifier rows, [rows, length].</summary>
    public TensorRef<T> W { get; }

    /// <summary>Their gradient, added to, shaped like w.</summary>
    public TensorRef<T> G { get; }

    /// <summary>The strength, at least 0.</summary>
    public double Strength { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("w", W),
        Operand.Write("g", G, accumulate: true),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new NormAnchor<T>(map.Map(W), map.Map(G), Strength);
    }
}
