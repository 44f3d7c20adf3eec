using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradients of <see cref="FilterScaleForward{T}"/>, both added to: dw[k,…] ← dw + exp(θ[k])·dweff[k,…] and dθ[k] ← dθ + Σ dweff[k,…]·weff[k,…].
/// </summary>
/// <remarks>
/// Error: dw γ_6·(|dw| + e^θ·|dweff|); dθ γ_{n+1}·(|dθ| + Σ|dweff·weff|) over the n weights of a filter.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record FilterScaleBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "filter-scale.backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="weff">Scaled filters, [K, ...].</param>
    /// <param name="dweff">Gradient of the scaled filters, shaped like weff.</param>
    /// <param name="theta">Logarithms of the scales, [K].</param>
    /// <param name="dw">Gradient of the filters, added to, shaped like weff.</param>
    /// <param name="dtheta">Gradient of the logarithms, added to, [K].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public FilterScaleBackward(TensorRef<T> weff, TensorRef<T> dweff, TensorRef<T> theta, TensorRef<T> dw, TensorRef<T> dtheta)
    {
        Require.Shape(Kind, "dweff", weff.Shape, dweff.Shape);
        Require.Shape(Kind, "theta", new Shape(weff.Shape[0]), theta.Shape);
        Require.Shape(Kind, "dw", weff.Shape, dw.Shape);
        Require.Shape(Kind, "dtheta", theta.Shape, dtheta.Shape);
        (Weff, Dweff, Theta, Dw, Dtheta) = (weff, dweff, theta, dw, dtheta);
    }

    /// <summary>Scaled filters, [K, ...].</summary>
    public TensorRef<T> Weff { get; }

    /// <summary>Gradient of the scaled filters, shaped like weff.</summary>
    public TensorRef<T> Dweff { get; }

    /// <summary>Logarithms of the scales, [K].</summary>
    public TensorRef<T> Theta { get; }

    /// <summary>Gradient of the filters, added to, shaped like weff.</summary>
    public TensorRef<T> Dw { get; }

    /// <summary>Gradient of the logarithms, added to, [K].</summary>
    public TensorRef<T> Dtheta { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("weff", Weff),
        Operand.Read("dweff", Dweff),
        Operand.Read("theta", Theta),
        Operand.Write("dw", Dw, accumulate: true),
        Operand.Write("dtheta", Dtheta, accumulate: true),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new FilterScaleBackward<T>(map.Map(Weff), map.Map(Dweff), map.Map(Theta), map.Map(Dw), map.Map(Dtheta));
    }
}
