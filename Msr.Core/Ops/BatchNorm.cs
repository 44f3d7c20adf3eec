using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Batch normalisation in training, a baseline: y = γ·(x − mean)/√(variance + ε) + β with mean and biased variance over all rows of the batch;
/// running ← (1 − m)·running + m·batch, the running variance from the unbiased one.
/// </summary>
/// <remarks>
/// Error: mean γ_{N+1}·Σ|x|/N over N rows, variance γ_{N+5}·(V + E²) + E² with E the error of the mean; y is wrong by |γ| times the error of
/// x̂, and γ_2·(|γ·x̂| + |β|) more. docs/error-bounds.md derives the error of x̂ and those of the running statistics.
/// The variance is taken in a second pass around the mean. With a single row the unbiased variance does not exist; the biased one, 0, is used.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Gamma">Scale γ, [C].</param>
/// <param name="Beta">Shift β, [C].</param>
/// <param name="Y">Output, shaped like x.</param>
/// <param name="Mean">Mean of the batch, [C].</param>
/// <param name="Variance">Biased variance of the batch, [C].</param>
/// <param name="RunningMean">Running mean, [C], updated.</param>
/// <param name="RunningVariance">Running variance, [C], updated.</param>
/// <param name="Momentum">Weight m of the batch in the running statistics.</param>
/// <param name="Epsilon">ε, above 0.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0, or the momentum is not finite and at least 0.</exception>
public sealed record BatchNormForward<T>(
    TensorRef<T> X,
    TensorRef<T> Gamma,
    TensorRef<T> Beta,
    TensorRef<T> Y,
    TensorRef<T> Mean,
    TensorRef<T> Variance,
    TensorRef<T> RunningMean,
    TensorRef<T> RunningVariance,
    double Momentum,
    double Epsilon) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.forward";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.CouplesSamples;

    private protected override Op<T> Walk(OperandWalk operands) => new BatchNormForward<T>(
        operands.Read(X),
        operands.Read(Gamma),
        operands.Read(Beta),
        operands.Write(Y),
        operands.Write(Mean),
        operands.Write(Variance),
        operands.Update(RunningMean),
        operands.Update(RunningVariance),
        Momentum,
        Epsilon);

    private protected override void Check()
    {
        Require.PerChannel(Kind, Gamma, X.Shape);
        Require.PerChannel(Kind, Beta, X.Shape);
        Require.PerChannel(Kind, Mean, X.Shape);
        Require.PerChannel(Kind, Variance, X.Shape);
        Require.PerChannel(Kind, RunningMean, X.Shape);
        Require.PerChannel(Kind, RunningVariance, X.Shape);
        Require.Shape(Kind, Y, X.Shape);
        Require.NotNegative(Kind, Momentum);
        Require.Positive(Kind, Epsilon);
    }
}

/// <summary>
/// Gradients of batch normalisation, with x̂ = (x − mean)/√(variance + ε): dβ = Σ dy, dγ = Σ dy·x̂, and
/// dx = γ/√(variance + ε)·(dy − dβ/rows − x̂·dγ/rows); with fixed statistics dx = γ/√(variance + ε)·dy. dγ and dβ are added to.
/// </summary>
/// <remarks>
/// Error: dβ γ_{N+1}·(|old| + Σ|dy|) over N rows; dγ Σ|dy|·E + γ_{N+2}·(|old| + Σ|dy|·(|x̂| + E)) with E the error of x̂; docs/error-bounds.md
/// derives E and the error of dx.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Gamma">Scale γ, [C].</param>
/// <param name="Mean">Mean that the forward op used, [C].</param>
/// <param name="Variance">Variance that the forward op used, [C].</param>
/// <param name="Dy">Gradient of the output, shaped like x.</param>
/// <param name="Dx">Gradient of the input, shaped like x.</param>
/// <param name="Dgamma">Gradient of γ, added to, [C].</param>
/// <param name="Dbeta">Gradient of β, added to, [C].</param>
/// <param name="Epsilon">ε, above 0.</param>
/// <param name="FixedStatistics">Whether mean and variance were constants (running statistics) instead of the batch's own.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0.</exception>
public sealed record BatchNormBackward<T>(
    TensorRef<T> X,
    TensorRef<T> Gamma,
    TensorRef<T> Mean,
    TensorRef<T> Variance,
    TensorRef<T> Dy,
    TensorRef<T> Dx,
    TensorRef<T> Dgamma,
    TensorRef<T> Dbeta,
    double Epsilon,
    bool FixedStatistics) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.backward";

    /// <inheritdoc/>
    public override OpTraits Traits => FixedStatistics ? OpTraits.SumsOverSamples : OpTraits.CouplesSamples;

    private protected override Op<T> Walk(OperandWalk operands) => new BatchNormBackward<T>(
        operands.Read(X),
        operands.Read(Gamma),
        operands.Read(Mean),
        operands.Read(Variance),
        operands.Read(Dy),
        operands.Write(Dx),
        operands.Update(Dgamma),
        operands.Update(Dbeta),
        Epsilon,
        FixedStatistics);

    private protected override void Check()
    {
        Require.PerChannel(Kind, Gamma, X.Shape);
        Require.PerChannel(Kind, Mean, X.Shape);
        Require.PerChannel(Kind, Variance, X.Shape);
        Require.PerChannel(Kind, Dgamma, X.Shape);
        Require.PerChannel(Kind, Dbeta, X.Shape);
        Require.Shape(Kind, Dy, X.Shape);
        Require.Shape(Kind, Dx, X.Shape);
        Require.Positive(Kind, Epsilon);
    }
}

/// <summary>Batch normalisation at test, y = γ·(x − mean)/√(variance + ε) + β with the running statistics.</summary>
/// <remarks>
/// Error: |γ| times the error of x̂ = (x − mean)/√(variance + ε), and γ_2·(|γ·x̂| + |β|) more; docs/error-bounds.md derives that of x̂, the
/// statistics being exact.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Gamma">Scale γ, [C].</param>
/// <param name="Beta">Shift β, [C].</param>
/// <param name="RunningMean">Running mean, [C].</param>
/// <param name="RunningVariance">Running variance, [C].</param>
/// <param name="Y">Output, shaped like x.</param>
/// <param name="Epsilon">ε, above 0.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0.</exception>
public sealed record BatchNormInference<T>(
    TensorRef<T> X,
    TensorRef<T> Gamma,
    TensorRef<T> Beta,
    TensorRef<T> RunningMean,
    TensorRef<T> RunningVariance,
    TensorRef<T> Y,
    double Epsilon) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.inference";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new BatchNormInference<T>(
        operands.Read(X),
        operands.Read(Gamma),
        operands.Read(Beta),
        operands.Read(RunningMean),
        operands.Read(RunningVariance),
        operands.Write(Y),
        Epsilon);

    private protected override void Check()
    {
        Require.PerChannel(Kind, Gamma, X.Shape);
        Require.PerChannel(Kind, Beta, X.Shape);
        Require.PerChannel(Kind, RunningMean, X.Shape);
        Require.PerChannel(Kind, RunningVariance, X.Shape);
        Require.Shape(Kind, Y, X.Shape);
        Require.Positive(Kind, Epsilon);
    }
}

/// <summary>
/// Mean and mean square of each channel over all rows, mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows. The mean-shift record is made of them.
/// </summary>
/// <remarks>Error: γ_{n+1}·Σ|x|/n and γ_{n+2}·Σx²/n with n rows.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Activations, [..., C].</param>
/// <param name="Mean">Means, [C].</param>
/// <param name="Square">Mean squares, [C].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record SegmentMoments<T>(TensorRef<T> X, TensorRef<T> Mean, TensorRef<T> Square) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "moments.segment";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.CouplesSamples;

    private protected override Op<T> Walk(OperandWalk operands) => new SegmentMoments<T>(operands.Read(X), operands.Write(Mean), operands.Write(Square));

    private protected override void Check()
    {
        Require.PerChannel(Kind, Mean, X.Shape);
        Require.PerChannel(Kind, Square, X.Shape);
    }
}
