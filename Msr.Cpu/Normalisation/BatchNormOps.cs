using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Channels;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Normalisation;

/// <summary>Batch normalisation, the baseline.</summary>
internal static unsafe class BatchNormOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Training.</summary>
    public static void Run(KernelContext context, BatchNormForward<T> op)
    {
        int channels = op.Mean.Shape[0];
        long rows = op.X.Length / channels;
        int period = ChannelPattern<S, V, T>.Period(channels);
        T* pattern = context.Shared.Reserve<T>((4L * period) + ChannelRows<S, V, T>.SumLength<SquaredDeviation>(rows, channels));
        T* sums = pattern + (4 * period);
        T* x = HostMemory<T>.PointerTo(op.X), mean = HostMemory<T>.PointerTo(op.Mean), variance = HostMemory<T>.PointerTo(op.Variance);
        T count = T.CreateTruncating(rows);
        ChannelRows<S, V, T>.Sum(context, default(Plain), x, x, rows, channels, sums);
        for (int c = 0; c < channels; c++)
        {
            mean[c] = sums[c] / count;
        }

        ChannelPattern<S, V, T>.Fill(mean, channels, pattern);
        ChannelRows<S, V, T>.Sum(context, new SquaredDeviation(pattern), x, x, rows, channels, sums);
        T* runningMean = HostMemory<T>.PointerTo(op.RunningMean), runningVariance = HostMemory<T>.PointerTo(op.RunningVariance);
        T momentum = T.CreateTruncating(op.Momentum);
        for (int c = 0; c < channels; c++)
        {
            variance[c] = sums[c] / count;
            T unbiased = rows > 1 ? sums[c] / (count - T.One) : variance[c];
            runningMean[c] = ((T.One - momentum) * runningMean[c]) + (momentum * mean[c]);
            runningVariance[c] = ((T.One - momentum) * runningVariance[c]) + (momentum * unbiased);
        }

        T* gamma = HostMemory<T>.PointerTo(op.Gamma), beta = HostMemory<T>.PointerTo(op.Beta);
        Normalized map = Normalization(mean, variance, gamma, beta, op.Epsilon, channels, pattern);
        ChannelRows<S, V, T>.Map(context, map, x, x, HostMemory<T>.PointerTo(op.Y), rows, channels);
    }

    /// <summary>Test.</summary>
    public static void Run(KernelContext context, BatchNormInference<T> op)
    {
        int channels = op.Gamma.Shape[0];
        T* pattern = context.Shared.Reserve<T>(4L * ChannelPattern<S, V, T>.Period(channels));
        T* mean = HostMemory<T>.PointerTo(op.RunningMean), variance = HostMemory<T>.PointerTo(op.RunningVariance);
        T* gamma = HostMemory<T>.PointerTo(op.Gamma), beta = HostMemory<T>.PointerTo(op.Beta);
        Normalized map = Normalization(mean, variance, gamma, beta, op.Epsilon, channels, pattern);
        T* x = HostMemory<T>.PointerTo(op.X);
        ChannelRows<S, V, T>.Map(context, map, x, x, HostMemory<T>.PointerTo(op.Y), op.X.Length / channels, channels);
    }

    /// <summary>Gradients.</summary>
    public static void Run(KernelContext context, BatchNormBackward<T> op)
    {
        int channels = op.Mean.Shape[0], period = ChannelPattern<S, V, T>.Period(channels);
        long rows = op.X.Length / channels;
        T* patterns = context.Shared.Reserve<T>((5L * period) + ChannelRows<S, V, T>.SumLength<GradientTerms>(rows, channels));
        T* sums = patterns + (5 * period);
        T* x = HostMemory<T>.PointerTo(op.X), dy = HostMemory<T>.PointerTo(op.Dy);
        T* mean = HostMemory<T>.PointerTo(op.Mean), variance = HostMemory<T>.PointerTo(op.Variance), gamma = HostMemory<T>.PointerTo(op.Gamma);
        T epsilon = T.CreateTruncating(op.Epsilon), count = T.CreateTruncating(rows);
        for (int i = 0; i < period; i++)
        {
            T deviation = T.Sqrt(variance[i % channels] + epsilon);
            (patterns[i], patterns[period + i], patterns[(2 * period) + i]) = (mean[i % channels], deviation, gamma[i % channels] / deviation);
        }

        Centred centred = new(patterns, patterns + period);
        ChannelRows<S, V, T>.Sum(context, new GradientTerms(centred), x, dy, rows, channels, sums);
        T* dgamma = HostMemory<T>.PointerTo(op.Dgamma), dbeta = HostMemory<T>.PointerTo(op.Dbeta);
        for (int c = 0; c < channels; c++)
        {
            dbeta[c] += sums[c];
            dgamma[c] += sums[period + c];
        }

        for (int i = 0; i < period; i++)
        {
            patterns[(3 * period) + i] = op.FixedStatistics ? T.Zero : sums[i % channels] / count;
            patterns[(4 * period) + i] = op.FixedStatistics ? T.Zero : sums[period + (i % channels)] / count;
        }

        InputGradient map = new(centred, patterns + (2 * period), patterns + (3 * period), patterns + (4 * period));
        ChannelRows<S, V, T>.Map(context, map, x, dy, HostMemory<T>.PointerTo(op.Dx), rows, channels);
    }

    private static Normalized Normalization(T* mean, T* variance, T* gamma, T* beta, double epsilon, int channels, T* pattern)
    {
        int period = ChannelPattern<S, V, T>.Period(channels);
        for (int i = 0; i < period; i++)
        {
            int c = i % channels;
            pattern[i] = mean[c];
            pattern[period + i] = T.Sqrt(variance[c] + T.CreateTruncating(epsilon));
            (pattern[(2 * period) + i], pattern[(3 * period) + i]) = (gamma[c], beta[c]);
        }

        return new Normalized(new Centred(pattern, pattern + period), pattern + (2 * period), pattern + (3 * period));
    }

    private readonly struct Centred(T* mean, T* deviation)
    {
        private readonly T* _mean = mean;
        private readonly T* _deviation = deviation;

        public V Invoke(V x, nint column) => S.Divide(S.Subtract(x, S.Load(_mean + column)), S.Load(_deviation + column));
    }

    private readonly struct Plain : IChannelTerm<V>
    {
        public static bool HasSecond => false;

        public V First(V a, V b, nint column) => a;

        public V Second(V a, V b, nint column) => S.Zero;
    }

    private readonly struct SquaredDeviation(T* mean) : IChannelTerm<V>
    {
        private readonly T* _mean = mean;

        public static bool HasSecond => false;

        public V First(V a, V b, nint column)
        {
            V d = S.Subtract(a, S.Load(_mean + column));
            return S.Multiply(d, d);
        }

        public V Second(V a, V b, nint column) => S.Zero;
    }

    private readonly struct GradientTerms(Centred centred) : IChannelTerm<V>
    {
        private readonly Centred _centred = centred;

        public static bool HasSecond => true;

        public V First(V a, V b, nint column) => b;

        public V Second(V a, V b, nint column) => S.Multiply(b, _centred.Invoke(a, column));
    }

    private readonly struct Normalized(Centred centred, T* gamma, T* beta) : IChannelMap<V>
    {
        private readonly Centred _centred = centred;
        private readonly T* _gamma = gamma;
        private readonly T* _beta = beta;

        public V Invoke(V a, V b, nint column) =>
            S.Add(S.Multiply(S.Load(_gamma + column), _centred.Invoke(a, column)), S.Load(_beta + column));
    }

    private readonly struct InputGradient(Centred centred, T* scale, T* mean, T* slope) : IChannelMap<V>
    {
        private readonly Centred _centred = centred;
        private readonly T* _scale = scale;
        private readonly T* _mean = mean;
        private readonly T* _slope = slope;

        public V Invoke(V a, V b, nint column)
        {
            V common = S.Add(S.Load(_mean + column), S.Multiply(_centred.Invoke(a, column), S.Load(_slope + column)));
            return S.Multiply(S.Load(_scale + column), S.Subtract(b, common));
        }
    }
}
