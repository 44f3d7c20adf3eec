using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Gradients of batch normalisation, with x̂ = (x − mean)/√(variance + ε): dβ = Σ dy, dγ = Σ dy·x̂, and
/// dx = γ/√(variance + ε)·(dy − dβ/rows − x̂·dγ/rows); with fixed statistics dx = γ/√(variance + ε)·dy. dγ and dβ are added to.
/// </summary>
/// <remarks>
/// Error: dβ γ_{N+1}·(|old| + Σ|dy|) over N rows; dγ Σ|dy|·E + γ_{N+2}·(|old| + Σ|dy|·(|x̂| + E)) with E the error of x̂; docs/error-bounds.md
/// derives E and the error of dx.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record BatchNormBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="gamma">Scale γ, [C].</param>
    /// <param name="mean">Mean that the forward op used, [C].</param>
    /// <param name="variance">Variance that the forward op used, [C].</param>
    /// <param name="dy">Gradient of the output, shaped like x.</param>
    /// <param name="dx">Gradient of the input, shaped like x.</param>
    /// <param name="dgamma">Gradient of γ, added to, [C].</param>
    /// <param name="dbeta">Gradient of β, added to, [C].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="fixedStatistics">Whether mean and variance were constants (running statistics) instead of the batch's own.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0.</exception>
    public BatchNormBackward(
        TensorRef<T> x,
        TensorRef<T> gamma,
        TensorRef<T> mean,
        TensorRef<T> variance,
        TensorRef<T> dy,
        TensorRef<T> dx,
        TensorRef<T> dgamma,
        TensorRef<T> dbeta,
        double epsilon,
        bool fixedStatistics)
    {
        Require.PerChannel(Kind, "gamma", x.Shape, gamma.Shape);
        Require.PerChannel(Kind, "mean", x.Shape, mean.Shape);
        Require.PerChannel(Kind, "variance", x.Shape, variance.Shape);
        Require.PerChannel(Kind, "dgamma", x.Shape, dgamma.Shape);
        Require.PerChannel(Kind, "dbeta", x.Shape, dbeta.Shape);
        Require.Shape(Kind, "dy", x.Shape, dy.Shape);
        Require.Shape(Kind, "dx", x.Shape, dx.Shape);
        Require.Positive(Kind, nameof(epsilon), epsilon);
        (X, Gamma, Mean, Variance, Dy, Dx, Dgamma, Dbeta, Epsilon, FixedStatistics) = (x, gamma, mean, variance, dy, dx, dgamma, dbeta, epsilon, fixedStatistics);
    }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Scale γ, [C].</summary>
    public TensorRef<T> Gamma { get; }

    /// <summary>Mean that the forward op used, [C].</summary>
    public TensorRef<T> Mean { get; }

    /// <summary>Variance that the forward op used, [C].</summary>
    public TensorRef<T> Variance { get; }

    /// <summary>Gradient of the output, shaped like x.</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Gradient of the input, shaped like x.</summary>
    public TensorRef<T> Dx { get; }

    /// <summary>Gradient of γ, added to, [C].</summary>
    public TensorRef<T> Dgamma { get; }

    /// <summary>Gradient of β, added to, [C].</summary>
    public TensorRef<T> Dbeta { get; }

    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; }

    /// <summary>Whether mean and variance were constants (running statistics) instead of the batch's own.</summary>
    public bool FixedStatistics { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("gamma", Gamma),
        Operand.Read("mean", Mean),
        Operand.Read("variance", Variance),
        Operand.Read("dy", Dy),
        Operand.Write("dx", Dx),
        Operand.Write("dgamma", Dgamma, accumulate: true),
        Operand.Write("dbeta", Dbeta, accumulate: true),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new BatchNormBackward<T>(
            map.Map(X),
            map.Map(Gamma),
            map.Map(Mean),
            map.Map(Variance),
            map.Map(Dy),
            map.Map(Dx),
            map.Map(Dgamma),
            map.Map(Dbeta),
            Epsilon,
            FixedStatistics);
    }
}
