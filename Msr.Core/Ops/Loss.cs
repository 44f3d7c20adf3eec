using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Softmax cross-entropy of each sample, loss[n] = −Σ_k q_k·log softmax(logits[n])_k with q = (1 − s)·onehot(label) + s/K, computed from
/// logits shifted by their maximum.
/// </summary>
/// <remarks>
/// Error: with a_k = logit − maximum, S = Σ e^{a_k} ≥ 1 and ρ = 1.02·u·Σ p_k·|a_k| + γ_{K+5} + K·η the relative error of S:
/// Σ_k q̃_k·(1.03·ρ + γ_{K+11}·(log S + |a_k|)) + η, q̃_k being the targets with all terms added up.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Logits">Logits, [N, K].</param>
/// <param name="Labels">Labels, [N], each from 0 to K − 1.</param>
/// <param name="Loss">Loss of each sample, [N].</param>
/// <param name="Smoothing">Label smoothing s, from 0 to below 1.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">The smoothing is out of its range.</exception>
public sealed record LossForward<T>(TensorRef<T> Logits, TensorRef<int> Labels, TensorRef<T> Loss, double Smoothing) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.forward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new LossForward<T>(operands.Read(Logits), operands.Read(Labels), operands.Write(Loss), Smoothing);

    private protected override void Check()
    {
        Require.Rank(Kind, Logits, 2);
        Require.Shape(Kind, Labels, new Shape(Logits.Shape[0]));
        Require.Shape(Kind, Loss, Labels.Shape);
        Require.Share(Kind, Smoothing);
    }
}

/// <summary>
/// Gradient of softmax cross-entropy, dlogits[n,k] = scale·(softmax(logits[n])_k − q_k), with q as in <see cref="LossForward{T}"/>.
/// </summary>
/// <remarks>
/// Error: |scale|·(p_k·(1.02·u·|a_k| + 1.03·ρ + γ_10) + γ_7·q̃_k + 4·η), p = softmax, a_k, ρ and q̃_k as in <see cref="LossForward{T}"/>.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Logits">Logits, [N, K].</param>
/// <param name="Labels">Labels, [N], each from 0 to K − 1.</param>
/// <param name="Scale">Weight of each sample, one element: 1/N for the mean over N.</param>
/// <param name="Dlogits">Gradient of the logits, [N, K].</param>
/// <param name="Smoothing">Label smoothing s, from 0 to below 1.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">The smoothing is out of its range.</exception>
public sealed record LossBackward<T>(TensorRef<T> Logits, TensorRef<int> Labels, TensorRef<T> Scale, TensorRef<T> Dlogits, double Smoothing) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.backward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new LossBackward<T>(operands.Read(Logits), operands.Read(Labels), operands.Read(Scale), operands.Write(Dlogits), Smoothing);

    private protected override void Check()
    {
        Require.Rank(Kind, Logits, 2);
        Require.Shape(Kind, Labels, new Shape(Logits.Shape[0]));
        Require.Scalar(Kind, Scale);
        Require.Shape(Kind, Dlogits, Logits.Shape);
        Require.Share(Kind, Smoothing);
    }
}

/// <summary>Number of samples whose first largest logit is at their label. A sample with a NaN among its logits is not correct.</summary>
/// <remarks>Error: none.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Logits">Logits, [N, K].</param>
/// <param name="Labels">Labels, [N].</param>
/// <param name="Count">The number, one element.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record CountCorrect<T>(TensorRef<T> Logits, TensorRef<int> Labels, TensorRef<int> Count) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.count-correct";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.SumsOverSamples;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new CountCorrect<T>(operands.Read(Logits), operands.Read(Labels), operands.Write(Count));

    private protected override void Check()
    {
        Require.Rank(Kind, Logits, 2);
        Require.Shape(Kind, Labels, new Shape(Logits.Shape[0]));
        Require.Scalar(Kind, Count);
    }
}
