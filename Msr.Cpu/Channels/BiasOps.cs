using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Channels;

/// <summary>Biases and moments: constants and sums per channel.</summary>
internal static unsafe class BiasOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = x + b.</summary>
    public static void Run(KernelContext context, BiasAdd<T> op)
    {
        int channels = op.X.Shape.Inner;
        T* pattern = context.Shared.Reserve<T>(ChannelPattern<S, V, T>.Period(channels));
        ChannelPattern<S, V, T>.Fill(HostMemory<T>.PointerTo(op.B), channels, pattern);
        T* x = HostMemory<T>.PointerTo(op.X);
        ChannelRows<S, V, T>.Map(context, new Biased(pattern), x, x, HostMemory<T>.PointerTo(op.Y), op.X.Length / channels, channels);
    }

    /// <summary>db = Σ dy.</summary>
    public static void Run(KernelContext context, BiasGradient<T> op)
    {
        int channels = op.Db.Shape[0];
        long rows = op.Dy.Length / channels;
        T* sums = context.Shared.Reserve<T>(ChannelRows<S, V, T>.SumLength<Plain>(rows, channels));
        T* dy = HostMemory<T>.PointerTo(op.Dy), db = HostMemory<T>.PointerTo(op.Db);
        ChannelRows<S, V, T>.Sum(context, default(Plain), dy, dy, rows, channels, sums);
        for (int c = 0; c < channels; c++)
        {
            db[c] = op.Accumulate ? db[c] + sums[c] : sums[c];
        }
    }

    /// <summary>Mean and mean square.</summary>
    public static void Run(KernelContext context, SegmentMoments<T> op)
    {
        int channels = op.Mean.Shape[0];
        long rows = op.X.Length / channels;
        T* sums = context.Shared.Reserve<T>(ChannelRows<S, V, T>.SumLength<PlainAndSquare>(rows, channels));
        T* x = HostMemory<T>.PointerTo(op.X), mean = HostMemory<T>.PointerTo(op.Mean), square = HostMemory<T>.PointerTo(op.Square);
        ChannelRows<S, V, T>.Sum(context, default(PlainAndSquare), x, x, rows, channels, sums);
        T* squares = sums + ChannelPattern<S, V, T>.Period(channels);
        T count = T.CreateTruncating(rows);
        for (int c = 0; c < channels; c++)
        {
            (mean[c], square[c]) = (sums[c] / count, squares[c] / count);
        }
    }

    private readonly struct Biased(T* bias) : IChannelMap<V>
    {
        private readonly T* _bias = bias;

        public V Invoke(V a, V b, nint column) => S.Add(a, S.Load(_bias + column));
    }

    private readonly struct Plain : IChannelTerm<V>
    {
        public static bool HasSecond => false;

        public V First(V a, V b, nint column) => a;

        public V Second(V a, V b, nint column) => S.Zero;
    }

    private readonly struct PlainAndSquare : IChannelTerm<V>
    {
        public static bool HasSecond => true;

        public V First(V a, V b, nint column) => a;

        public V Second(V a, V b, nint column) => S.Multiply(a, a);
    }
}
