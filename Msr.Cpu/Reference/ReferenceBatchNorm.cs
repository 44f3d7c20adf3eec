using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Batch normalisation, channel by channel. Rows are samples times places; channel c has the elements c, c + C, c + 2·C, …</summary>
internal static class ReferenceBatchNorm
{
    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the batch's statistics, which also update the running ones.</summary>
    public static void Forward<T>(BatchNormForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        Span<T> gamma = HostMemory<T>.SpanOf(op.Gamma), beta = HostMemory<T>.SpanOf(op.Beta);
        Span<T> mean = HostMemory<T>.SpanOf(op.Mean), variance = HostMemory<T>.SpanOf(op.Variance);
        Span<T> runningMean = HostMemory<T>.SpanOf(op.RunningMean), runningVariance = HostMemory<T>.SpanOf(op.RunningVariance);
        T momentum = T.CreateChecked(op.Momentum), epsilon = T.CreateChecked(op.Epsilon);
        T rows = T.CreateChecked(x.Length / mean.Length);
        for (int c = 0; c < mean.Length; c++)
        {
            mean[c] = Sum(x, c, mean.Length) / rows;
            T squares = SquaredDeviations(x, c, mean.Length, mean[c]);
            variance[c] = squares / rows;
            T unbiased = rows > T.One ? squares / (rows - T.One) : variance[c];
            runningMean[c] = ((T.One - momentum) * runningMean[c]) + (momentum * mean[c]);
            runningVariance[c] = ((T.One - momentum) * runningVariance[c]) + (momentum * unbiased);
            Normalize(x, y, c, mean.Length, (mean[c], T.Sqrt(variance[c] + epsilon), gamma[c], beta[c]));
        }
    }

    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the running statistics.</summary>
    public static void Inference<T>(BatchNormInference<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        Span<T> gamma = HostMemory<T>.SpanOf(op.Gamma), beta = HostMemory<T>.SpanOf(op.Beta);
        Span<T> mean = HostMemory<T>.SpanOf(op.RunningMean), variance = HostMemory<T>.SpanOf(op.RunningVariance);
        T epsilon = T.CreateChecked(op.Epsilon);
        for (int c = 0; c < mean.Length; c++)
        {
            Normalize(x, y, c, mean.Length, (mean[c], T.Sqrt(variance[c] + epsilon), gamma[c], beta[c]));
        }
    }

    /// <summary>dβ += Σ dy, dγ += Σ dy·x̂, dx = γ/√(variance + ε)·(dy − Σ dy/rows − x̂·Σ dy·x̂/rows).</summary>
    public static void Backward<T>(BatchNormBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), dy = HostMemory<T>.SpanOf(op.Dy), dx = HostMemory<T>.SpanOf(op.Dx);
        Span<T> gamma = HostMemory<T>.SpanOf(op.Gamma);
        Span<T> mean = HostMemory<T>.SpanOf(op.Mean), variance = HostMemory<T>.SpanOf(op.Variance);
        Span<T> dgamma = HostMemory<T>.SpanOf(op.Dgamma), dbeta = HostMemory<T>.SpanOf(op.Dbeta);
        T epsilon = T.CreateChecked(op.Epsilon), rows = T.CreateChecked(x.Length / mean.Length);
        for (int c = 0; c < mean.Length; c++)
        {
            T deviation = T.Sqrt(variance[c] + epsilon), sum = T.Zero, product = T.Zero;
            for (int i = c; i < x.Length; i += mean.Length)
            {
                sum += dy[i];
                product += dy[i] * ((x[i] - mean[c]) / deviation);
            }

            dbeta[c] += sum;
            dgamma[c] += product;
            for (int i = c; i < x.Length; i += mean.Length)
            {
                T common = op.FixedStatistics ? T.Zero : (sum / rows) + ((x[i] - mean[c]) / deviation * (product / rows));
                dx[i] = gamma[c] / deviation * (dy[i] - common);
            }
        }
    }

    private static T Sum<T>(ReadOnlySpan<T> x, int channel, int channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = channel; i < x.Length; i += channels)
        {
            sum += x[i];
        }

        return sum;
    }

    private static T SquaredDeviations<T>(ReadOnlySpan<T> x, int channel, int channels, T mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = channel; i < x.Length; i += channels)
        {
            sum += (x[i] - mean) * (x[i] - mean);
        }

        return sum;
    }

    private static void Normalize<T>(ReadOnlySpan<T> x, Span<T> y, int channel, int channels, (T Mean, T Deviation, T Gamma, T Beta) with)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = channel; i < x.Length; i += channels)
        {
            y[i] = (with.Gamma * ((x[i] - with.Mean) / with.Deviation)) + with.Beta;
        }
    }
}
