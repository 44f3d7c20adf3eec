using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// The direction of Adam, element by element: m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).
/// The complements 1 − β are taken in float64. A <see cref="SgdStep{T}"/> along d with decay and no momentum is AdamW.
/// </summary>
/// <remarks>
/// Error: γ_3·(β1|m| + (1 − β1)|g|) for m, γ_4·v for v, and for d what docs/error-bounds.md derives from both. d may lie exactly over g.
/// Source: arXiv:1412.6980; decoupled decay: arXiv:1711.05101.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record AdamDirection<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "adam.direction";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="g">The gradient.</param>
    /// <param name="m">The mean of gradients, of the same length, zero before the first step; updated.</param>
    /// <param name="v">The mean of their squares, of the same length, zero before the first step and never negative; updated.</param>
    /// <param name="correction">1/(1 − β1^t) and 1/(1 − β2^t) in the t-th step, [2].</param>
    /// <param name="d">The direction, of the same length; may lie exactly over <paramref name="g"/>.</param>
    /// <param name="settings">What stays the same from step to step.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">β1 or β2 is not from 0 to below 1, or ε, rounded to the element type, is not finite and above 0.</exception>
    public AdamDirection(TensorRef<T> g, TensorRef<T> m, TensorRef<T> v, TensorRef<T> correction, TensorRef<T> d, AdamSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Require.Length(Kind, "m", g.Length, m.Shape);
        Require.Length(Kind, "v", g.Length, v.Shape);
        Require.Length(Kind, "correction", 2, correction.Shape);
        Require.Length(Kind, "d", g.Length, d.Shape);
        Require.Share(Kind, nameof(settings.Beta1), settings.Beta1);
        Require.Share(Kind, nameof(settings.Beta2), settings.Beta2);
        Require.Positive(Kind, nameof(settings.Epsilon), double.CreateTruncating(T.CreateTruncating(settings.Epsilon)));
        (G, M, V, Correction, D, Settings) = (g, m, v, correction, d, settings);
    }

    /// <summary>The gradient.</summary>
    public TensorRef<T> G { get; }

    /// <summary>The mean of gradients, of the same length, updated.</summary>
    public TensorRef<T> M { get; }

    /// <summary>The mean of squared gradients, of the same length, updated.</summary>
    public TensorRef<T> V { get; }

    /// <summary>What makes up for moments that began at 0, [2]: <see cref="AdamSettings.CorrectionAt"/>.</summary>
    public TensorRef<T> Correction { get; }

    /// <summary>The direction, of the same length.</summary>
    public TensorRef<T> D { get; }

    /// <summary>What stays the same from step to step.</summary>
    public AdamSettings Settings { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("g", G),
        Operand.Write("m", M, accumulate: true),
        Operand.Write("v", V, accumulate: true),
        Operand.Read("correction", Correction),
        Operand.Write("d", D),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new AdamDirection<T>(map.Map(G), map.Map(M), map.Map(V), map.Map(Correction), map.Map(D), Settings);
    }
}
