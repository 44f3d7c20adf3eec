using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Batch normalisation at test, y = γ·(x − mean)/√(variance + ε) + β with the running statistics.
/// </summary>
/// <remarks>
/// Error: |γ| times the error of x̂ = (x − mean)/√(variance + ε), and γ_2·(|γ·x̂| + |β|) more; docs/error-bounds.md derives that of x̂, the
/// statistics being exact.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record BatchNormInference<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "batch-norm.inference";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="gamma">Scale γ, [C].</param>
    /// <param name="beta">Shift β, [C].</param>
    /// <param name="runningMean">Running mean, [C].</param>
    /// <param name="runningVariance">Running variance, [C].</param>
    /// <param name="y">Output, shaped like x.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is not finite and above 0.</exception>
    public BatchNormInference(
        TensorRef<T> x,
        TensorRef<T> gamma,
        TensorRef<T> beta,
        TensorRef<T> runningMean,
        TensorRef<T> runningVariance,
        TensorRef<T> y,
        double epsilon)
    {
        Require.PerChannel(Kind, "gamma", x.Shape, gamma.Shape);
        Require.PerChannel(Kind, "beta", x.Shape, beta.Shape);
        Require.PerChannel(Kind, "runningMean", x.Shape, runningMean.Shape);
        Require.PerChannel(Kind, "runningVariance", x.Shape, runningVariance.Shape);
        Require.Shape(Kind, "y", x.Shape, y.Shape);
        Require.Positive(Kind, nameof(epsilon), epsilon);
        (X, Gamma, Beta, RunningMean, RunningVariance, Y, Epsilon) = (x, gamma, beta, runningMean, runningVariance, y, epsilon);
    }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Scale γ, [C].</summary>
    public TensorRef<T> Gamma { get; }

    /// <summary>Shift β, [C].</summary>
    public TensorRef<T> Beta { get; }

    /// <summary>Running mean, [C].</summary>
    public TensorRef<T> RunningMean { get; }

    /// <summary>Running variance, [C].</summary>
    public TensorRef<T> RunningVariance { get; }

    /// <summary>Output, shaped like x.</summary>
    public TensorRef<T> Y { get; }

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
        Operand.Read("runningMean", RunningMean),
        Operand.Read("runningVariance", RunningVariance),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new BatchNormInference<T>(
            map.Map(X),
            map.Map(Gamma),
            map.Map(Beta),
            map.Map(RunningMean),
            map.Map(RunningVariance),
            map.Map(Y),
            Epsilon);
    }
}
