using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Effective filters, weff[k,…] = exp(θ[k])·w[k,…]. It is never an output scale: that gives other bits and other gradients.
/// </summary>
/// <remarks>
/// Error: γ_5·|weff|.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record FilterScaleForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "filter-scale.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="w">Filters, [K, ...].</param>
    /// <param name="theta">Logarithms of the scales, [K].</param>
    /// <param name="weff">Scaled filters, shaped like w.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public FilterScaleForward(TensorRef<T> w, TensorRef<T> theta, TensorRef<T> weff)
    {
        Require.Shape(Kind, "theta", new Shape(w.Shape[0]), theta.Shape);
        Require.Shape(Kind, "weff", w.Shape, weff.Shape);
        (W, Theta, Weff) = (w, theta, weff);
    }

    /// <summary>Filters, [K, ...].</summary>
    public TensorRef<T> W { get; }

    /// <summary>Logarithms of the scales, [K].</summary>
    public TensorRef<T> Theta { get; }

    /// <summary>Scaled filters, shaped like w.</summary>
    public TensorRef<T> Weff { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("w", W),
        Operand.Read("theta", Theta),
        Operand.Write("weff", Weff),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new FilterScaleForward<T>(map.Map(W), map.Map(Theta), map.Map(Weff));
    }
}
