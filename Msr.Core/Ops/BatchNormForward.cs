using System.Collections.Immutable;
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
public sealed record BatchNormForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="gamma">Scale γ, [C].</param>
    /// <param name="beta">Shift β, [C].</param>
    /// <param name="y">Output, shaped like x.</param>
    /// <param name="mean">Mean of the batch, [C].</param>
    /// <param name="variance">Biased variance of the batch, [C].</param>
    /// <param name="runningMean">Running mean, [C], updated.</param>
    /// <param name="runningVariance">Running variance, [C], updated.</param>
    /// <param name="momentum">What the batch counts in the running statistics, m.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0, or the momentum not finite and at least 0.</exception>
    public BatchNormForward(
        TensorRef<T> x,
        TensorRef<T> gamma,
        TensorRef<T> beta,
        TensorRef<T> y,
        TensorRef<T> mean,
        TensorRef<T> variance,
        TensorRef<T> runningMean,
        TensorRef<T> runningVariance,
        double momentum,
        double epsilon)
    {
        Require.PerChannel(Kind, "gamma", x.Shape, gamma.Shape);
        Require.PerChannel(Kind, "beta", x.Shape, beta.Shape);
        Require.PerChannel(Kind, "mean", x.Shape, mean.Shape);
        Require.PerChannel(Kind, "variance", x.Shape, variance.Shape);
        Require.PerChannel(Kind, "runningMean", x.Shape, runningMean.Shape);
        Require.PerChannel(Kind, "runningVariance", x.Shape, runningVariance.Shape);
        Require.Shape(Kind, "y", x.Shape, y.Shape);
        Require.NotNegative(Kind, nameof(momentum), momentum);
        Require.Positive(Kind, nameof(epsilon), epsilon);
        (X, Gamma, Beta, Y, Mean, Variance, RunningMean, RunningVariance, Momentum, Epsilon) = (x, gamma, beta, y, mean, variance, runningMean, runningVariance, momentum, epsilon);
    }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Scale γ, [C].</summary>
    public TensorRef<T> Gamma { get; }

    /// <summary>Shift β, [C].</summary>
    public TensorRef<T> Beta { get; }

    /// <summary>Output, shaped like x.</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Mean of the batch, [C].</summary>
    public TensorRef<T> Mean { get; }

    /// <summary>Biased variance of the batch, [C].</summary>
    public TensorRef<T> Variance { get; }

    /// <summary>Running mean, [C], updated.</summary>
    public TensorRef<T> RunningMean { get; }

    /// <summary>Running variance, [C], updated.</summary>
    public TensorRef<T> RunningVariance { get; }

    /// <summary>What the batch counts in the running statistics, m.</summary>
    public double Momentum { get; }

    /// <summary>ε, above 0.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("gamma", Gamma),
        Operand.Read("beta", Beta),
        Operand.Write("y", Y),
        Operand.Write("mean", Mean),
        Operand.Write("variance", Variance),
        Operand.Write("runningMean", RunningMean, accumulate: true),
        Operand.Write("runningVariance", RunningVariance, accumulate: true),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new BatchNormForward<T>(
            map.Map(X),
            map.Map(Gamma),
            map.Map(Beta),
            map.Map(Y),
            map.Map(Mean),
            map.Map(Variance),
            map.Map(RunningMean),
            map.Map(RunningVariance),
            Momentum,
            Epsilon);
    }
}
