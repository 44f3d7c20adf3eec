using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>Batch normalisation: rows [C] of samples times places, many at a time.</summary>
internal static class OracleBatchNorm
{
    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the batch's statistics, which also update the running ones.</summary>
    public static void Forward<T>(BatchNormForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), mean = HostMemory<T>.SpanOf(op.Mean), variance = HostMemory<T>.SpanOf(op.Variance);
        T rows = T.CreateChecked(x.Length / mean.Length), momentum = T.CreateChecked(op.Momentum);
        OracleChannels.Sum(x, mean, workspace);
        TensorPrimitives.Divide(mean, rows, mean);
        Span<T> unbiased = workspace.Take<T>(mean.Length);
        SquaredDeviations(x, mean, unbiased, workspace);
        TensorPrimitives.Divide(unbiased, rows, variance);
        TensorPrimitives.Divide(unbiased, rows > T.One ? rows - T.One : rows, unbiased);
        Track(HostMemory<T>.SpanOf(op.RunningMean), mean, momentum, workspace);
        Track(HostMemory<T>.SpanOf(op.RunningVariance), unbiased, momentum, workspace);
        Standardization<T> standard = new(mean, variance, op.Epsilon, workspace);
        Normalize(x, HostMemory<T>.SpanOf(op.Y), standard, HostMemory<T>.SpanOf(op.Gamma), HostMemory<T>.SpanOf(op.Beta), workspace);
    }

    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the running statistics.</summary>
    public static void Inference<T>(BatchNormInference<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Standardization<T> standard = new(HostMemory<T>.SpanOf(op.RunningMean), HostMemory<T>.SpanOf(op.RunningVariance), op.Epsilon, workspace);
        Normalize(
            HostMemory<T>.SpanOf(op.X), HostMemory<T>.SpanOf(op.Y), standard, HostMemory<T>.SpanOf(op.Gamma), HostMemory<T>.SpanOf(op.Beta), workspace);
    }

    /// <summary>dβ += Σ dy, dγ += Σ dy·x̂, dx = γ/√(variance + ε)·(dy − Σ dy/rows − x̂·Σ dy·x̂/rows).</summary>
    public static void Backward<T>(BatchNormBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), dy = HostMemory<T>.SpanOf(op.Dy), dx = HostMemory<T>.SpanOf(op.Dx), gamma = HostMemory<T>.SpanOf(op.Gamma);
        Standardization<T> standard = new(HostMemory<T>.SpanOf(op.Mean), HostMemory<T>.SpanOf(op.Variance), op.Epsilon, workspace);
        Span<T> sum = workspace.Take<T>(gamma.Length), product = workspace.Take<T>(gamma.Length), factor = workspace.Take<T>(gamma.Length);
        OracleChannels.Sum(dy, sum, workspace);
        SumProducts(x, dy, standard, product, workspace);
        TensorPrimitives.Add(HostMemory<T>.SpanOf(op.Dbeta), sum, HostMemory<T>.SpanOf(op.Dbeta));
        TensorPrimitives.Add(HostMemory<T>.SpanOf(op.Dgamma), product, HostMemory<T>.SpanOf(op.Dgamma));

        T rows = T.CreateChecked(x.Length / gamma.Length);
        TensorPrimitives.Divide(sum, rows, sum);
        TensorPrimitives.Divide(product, rows, product);
        TensorPrimitives.Divide(gamma, standard.Deviation[..gamma.Length], factor);
        Span<T> means = OracleChannels.Repeat<T>(sum, workspace), slopes = OracleChannels.Repeat<T>(product, workspace);
        Span<T> factors = OracleChannels.Repeat<T>(factor, workspace), common = workspace.Take<T>(factors.Length);
        for (int i = 0; i < x.Length; i += common.Length)
        {
            int length = Math.Min(common.Length, x.Length - i);
            Span<T> piece = dx.Slice(i, length), part = common[..length];
            if (op.FixedStatistics)
            {
                TensorPrimitives.Multiply(dy.Slice(i, length), factors[..length], piece);
                continue;
            }

            standard.Apply(x.Slice(i, length), part);
            TensorPrimitives.MultiplyAdd(part, slopes[..length], means[..length], part);
            TensorPrimitives.Subtract(dy.Slice(i, length), part, piece);
            TensorPrimitives.Multiply(piece, factors[..length], piece);
        }
    }

    /// <summary>Σ (x − mean)².</summary>
    private static void SquaredDeviations<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> mean, Span<T> sums, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> means = OracleChannels.Repeat(mean, workspace), partial = workspace.TakeZeros<T>(means.Length), differences = workspace.Take<T>(means.Length);
        for (int i = 0; i < x.Length; i += means.Length)
        {
            int length = Math.Min(means.Length, x.Length - i);
            Span<T> difference = differences[..length], sum = partial[..length];
            TensorPrimitives.Subtract(x.Slice(i, length), means[..length], difference);
            TensorPrimitives.MultiplyAdd<T>(difference, difference, sum, sum);
        }

        OracleChannels.Fold(partial, sums);
    }

    /// <summary>Σ dy·x̂.</summary>
    private static void SumProducts<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Standardization<T> standard, Span<T> sums, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> partial = workspace.TakeZeros<T>(standard.Deviation.Length), normalized = workspace.Take<T>(partial.Length);
        for (int i = 0; i < x.Length; i += partial.Length)
        {
            int length = Math.Min(partial.Length, x.Length - i);
            standard.Apply(x.Slice(i, length), normalized[..length]);
            TensorPrimitives.MultiplyAdd(dy.Slice(i, length), normalized[..length], partial[..length], partial[..length]);
        }

        OracleChannels.Fold(partial, sums);
    }

    /// <summary>running ← (1 − momentum)·running + momentum·value.</summary>
    private static void Track<T>(Span<T> running, ReadOnlySpan<T> value, T momentum, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> share = workspace.Take<T>(running.Length);
        TensorPrimitives.Multiply(value, momentum, share);
        TensorPrimitives.MultiplyAdd(running, T.One - momentum, share, running);
    }

    private static void Normalize<T>(
        ReadOnlySpan<T> x, Span<T> y, Standardization<T> standard, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> scales = OracleChannels.Repeat(gamma, workspace), shifts = OracleChannels.Repeat(beta, workspace);
        for (int i = 0; i < x.Length; i += scales.Length)
        {
            Span<T> piece = y.Slice(i, Math.Min(scales.Length, x.Length - i));
            standard.Apply(x.Slice(i, piece.Length), piece);
            TensorPrimitives.MultiplyAdd(piece, scales[..piece.Length], shifts[..piece.Length], piece);
        }
    }

    /// <summary>x̂ = (x − mean)/√(variance + ε), both repeated over many rows.</summary>
    private readonly ref struct Standardization<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _mean;

        public Standardization(ReadOnlySpan<T> mean, ReadOnlySpan<T> variance, double epsilon, Workspace workspace)
        {
            _mean = OracleChannels.Repeat(mean, workspace);
            Deviation = OracleChannels.Repeat(variance, workspace);
            TensorPrimitives.Add(Deviation, T.CreateChecked(epsilon), Deviation);
            TensorPrimitives.Sqrt<T>(Deviation, Deviation);
        }

        public Span<T> Deviation { get; }

        public void Apply(ReadOnlySpan<T> x, Span<T> normalized)
        {
            TensorPrimitives.Subtract(x, _mean[..x.Length], normalized);
            TensorPrimitives.Divide(normalized, Deviation[..x.Length], normalized);
        }
    }
}
