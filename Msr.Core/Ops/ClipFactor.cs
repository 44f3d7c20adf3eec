using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// The factor that clips a norm, factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1, from ‖g‖². A NaN norm gives a NaN factor, and so does an infinite
/// one, whose square overflowed: neither is hidden behind a step of zero.
/// </summary>
/// <remarks>
/// Error: γ_4·factor.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ClipFactor<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "clip.factor";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="squaredNorm">The squared norm ‖g‖², one element.</param>
    /// <param name="factor">The factor, one element.</param>
    /// <param name="limit">The largest norm that is left as it is, above 0.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not finite and above 0.</exception>
    public ClipFactor(TensorRef<T> squaredNorm, TensorRef<T> factor, double limit)
    {
        Require.Scalar(Kind, "squaredNorm", squaredNorm.Shape);
        Require.Scalar(Kind, "factor", factor.Shape);
        Require.Positive(Kind, nameof(limit), limit);
        (SquaredNorm, Factor, Limit) = (squaredNorm, factor, limit);
    }

    /// <summary>The squared norm ‖g‖², one element.</summary>
    public TensorRef<T> SquaredNorm { get; }

    /// <summary>The factor, one element.</summary>
    public TensorRef<T> Factor { get; }

    /// <summary>The largest norm that is left as it is, above 0.</summary>
    public double Limit { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("squaredNorm", SquaredNorm),
        Operand.Write("factor", Factor),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ClipFactor<T>(map.Map(SquaredNorm), map.Map(Factor), Limit);
    }
}
