using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Channels;

/// <summary>Noise that is constant over each map: the factors of a sample are drawn once, then applied to its rows.</summary>
internal static unsafe class Noise<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Grid = 1.0 / (1 << 24);

    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, NoiseApply<T> op)
    {
        Job job = new()
        {
            X = HostMemory<T>.PointerTo(op.X),
            Y = HostMemory<T>.PointerTo(op.Y),
            Length = (nint)(op.X.Length / op.X.Shape[0]),
            Factors = FactorsOf(op),
        };
        context.For(op.X.Shape[0], ref job, op.X.Length);
    }

    /// <summary>Draws the factors of all samples, [N, C].</summary>
    /// <param name="op">The op.</param>
    /// <param name="table">Room for them.</param>
    /// <returns>Whether there is any noise.</returns>
    public static bool Draw(NoiseApply<T> op, T* table)
    {
        Factors factors = FactorsOf(op);
        for (int sample = 0; sample < op.X.Shape[0] && factors.Strength != T.Zero; sample++)
        {
            factors.Draw(sample, table + ((nint)sample * factors.Channels));
        }

        return factors.Strength != T.Zero;
    }

    private static Factors FactorsOf(NoiseApply<T> op) => new()
    {
        Samples = HostMemory<int>.PointerTo(op.Samples),
        Step = *HostMemory<int>.PointerTo(op.Step),
        Strength = *HostMemory<T>.PointerTo(op.Strength),
        Channels = op.X.Shape.Inner,
        Distribution = op.Settings.Distribution,
        Site = op.Settings.Site,
        Key = op.Settings.Key,
    };

    private struct Factors
    {
        public int* Samples;
        public int Step;
        public T Strength;
        public int Channels;
        public NoiseDistribution Distribution;
        public int Site;
        public ulong Key;

        public readonly void Draw(int index, T* factors)
        {
            for (int c = 0; c < Channels; c++)
            {
                T noise = Strength * Draw(Samples[index], c);
                factors[c] = Distribution == NoiseDistribution.Shift ? noise : T.One + noise;
            }
        }

        private readonly T Draw(int sample, int channel)
        {
            (uint a, uint b, _, _) = Philox4x32.Draw((uint)Step, (uint)Site, (uint)sample, (uint)channel, Key);
            if (Distribution == NoiseDistribution.Gaussian)
            {
                double radius = Math.Sqrt(-2 * Math.Log(((a >> 8) + 1) * Grid));
                return T.CreateChecked(radius * Math.Cos(2 * Math.PI * ((b >> 8) * Grid)));
            }

            return T.CreateChecked(((a >> 8) * (2 * Grid)) - 1);
        }
    }

    private struct Job : IJob
    {
        public T* X;
        public T* Y;
        public nint Length;
        public Factors Factors;

        public readonly void Run(int index, Worker worker)
        {
            T* x = X + (index * Length), y = Y + (index * Length);
            if (Factors.Strength == T.Zero)
            {
                // −0 + 0 would be +0, and without noise not a bit may change.
                new ReadOnlySpan<T>(x, checked((int)Length)).CopyTo(new Span<T>(y, (int)Length));
                return;
            }

            int channels = Factors.Channels, period = ChannelPattern<S, V, T>.Period(channels);
            T* factors = worker.Scratch.Reserve<T>((long)channels + period + S.Count);
            T* pattern = factors + ((channels + S.Count - 1) / S.Count * S.Count);
            Factors.Draw(index, factors);
            ChannelPattern<S, V, T>.Fill(factors, channels, pattern);
            Apply(x, y, pattern, period);
        }

        private readonly void Apply(T* x, T* y, T* pattern, int period)
        {
            nint i = 0, column = 0;
            for (; i <= Length - S.Count; i += S.Count)
            {
                S.Store(Disturb(S.Load(x + i), S.Load(pattern + column)), y + i);
                column += S.Count;
                column = column == period ? 0 : column;
            }

            if (i < Length)
            {
                Partial<S, V, T>.Store(Disturb(Partial<S, V, T>.Load(x + i, Length - i), S.Load(pattern + column)), y + i, Length - i);
            }
        }

        private readonly V Disturb(V x, V noise) => Factors.Distribution == NoiseDistribution.Shift ? S.Add(x, noise) : S.Multiply(x, noise);
    }
}
