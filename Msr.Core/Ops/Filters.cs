using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Effective filters, weff[k,…] = exp(θ[k])·w[k,…]. The scale is never applied to the output: that gives other bits and other gradients.
/// </summary>
/// <remarks>Error: γ_5·|weff|.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="W">Filters, [K, ...].</param>
/// <param name="Theta">Logarithms of the scales, [K].</param>
/// <param name="Weff">Scaled filters, shaped like w.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record FilterScaleForward<T>(TensorRef<T> W, TensorRef<T> Theta, TensorRef<T> Weff) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "filter-scale.forward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new FilterScaleForward<T>(operands.Read(W), operands.Read(Theta), operands.Write(Weff));

    private protected override void Check()
    {
        Require.Shape(Kind, Theta, new Shape(W.Shape[0]));
        Require.Shape(Kind, Weff, W.Shape);
    }
}

/// <summary>
/// Gradients of <see cref="FilterScaleForward{T}"/>, both added to: dw[k,…] ← dw + exp(θ[k])·dweff[k,…] and dθ[k] ← dθ + Σ dweff[k,…]·weff[k,…].
/// </summary>
/// <remarks>
/// Error: dw γ_6·(|dw| + e^θ·|dweff|); dθ γ_{n+1}·(|dθ| + Σ|dweff·weff|) over the n weights of a filter.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Weff">Scaled filters, [K, ...].</param>
/// <param name="Dweff">Gradient of the scaled filters, shaped like weff.</param>
/// <param name="Theta">Logarithms of the scales, [K].</param>
/// <param name="Dw">Gradient of the filters, added to, shaped like weff.</param>
/// <param name="Dtheta">Gradient of the logarithms, added to, [K].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record FilterScaleBackward<T>(TensorRef<T> Weff, TensorRef<T> Dweff, TensorRef<T> Theta, TensorRef<T> Dw, TensorRef<T> Dtheta) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "filter-scale.backward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new FilterScaleBackward<T>(operands.Read(Weff), operands.Read(Dweff), operands.Read(Theta), operands.Update(Dw), operands.Update(Dtheta));

    private protected override void Check()
    {
        Require.Shape(Kind, Dweff, Weff.Shape);
        Require.Shape(Kind, Theta, new Shape(Weff.Shape[0]));
        Require.Shape(Kind, Dw, Weff.Shape);
        Require.Shape(Kind, Dtheta, Theta.Shape);
    }
}

/// <summary>
/// The isocline projection, in place: x[o,t,i] ← x[o,t,i] − λ·(1/taps)·Σ_t x[o,t,i]. With λ = 1 it is the orthogonal projection onto
/// the kernels whose every slice has zero mean; applied to gradients it keeps kernels there.
/// </summary>
/// <remarks>Source: arXiv:1911.13173. Error: λ·γ_{n+2}·Σ|x|/n + u·|result| with n = taps.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Filters or their gradient as [outer, taps, inner]; [K, R·S, C/G] for filters.</param>
/// <param name="Lambda">The weight λ of the mean, from 0 to 1.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">λ is not from 0 to 1.</exception>
public sealed record IsoclineProject<T>(TensorRef<T> X, double Lambda) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "isocline.project";

    private protected override Op<T> Walk(OperandWalk operands) => new IsoclineProject<T>(operands.Update(X), Lambda);

    private protected override void Check()
    {
        Require.Rank(Kind, X, 3);
        Require.NotNegative(Kind, Lambda);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lambda, 1, "lambda");
    }
}

/// <summary>Sum of squares of each row, y[r] = Σ x[r,…]².</summary>
/// <remarks>Error: γ_n·Σx² with n = length.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Rows, [rows, length].</param>
/// <param name="Y">Sums, [rows].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record SquaredNorms<T>(TensorRef<T> X, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "norms.squared";

    private protected override Op<T> Walk(OperandWalk operands) => new SquaredNorms<T>(operands.Read(X), operands.Write(Y));

    private protected override void Check()
    {
        Require.Rank(Kind, X, 2);
        Require.Shape(Kind, Y, new Shape(X.Shape[0]));
    }
}

/// <summary>
/// Adds the gradient of strength·Σ_k (‖w_k‖₂ − 1)² over filters k: g[k,…] ← g + 2·strength·(1 − 1/‖w_k‖)·w[k,…]. A filter of norm 0 adds nothing.
/// </summary>
/// <remarks>Error: γ_{n+7}·(|g| + 2·strength·(1 + 1/‖w_k‖)·|w|) over the n weights of a filter.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="W">Filters or classifier rows, [rows, length].</param>
/// <param name="G">Their gradient, added to, shaped like w.</param>
/// <param name="Strength">The strength, at least 0.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">The strength is not finite and at least 0.</exception>
public sealed record NormAnchor<T>(TensorRef<T> W, TensorRef<T> G, double Strength) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "norm.anchor";

    private protected override Op<T> Walk(OperandWalk operands) => new NormAnchor<T>(operands.Read(W), operands.Update(G), Strength);

    private protected override void Check()
    {
        Require.Rank(Kind, W, 2);
        Require.Shape(Kind, G, W.Shape);
        Require.NotNegative(Kind, Strength);
    }
}
