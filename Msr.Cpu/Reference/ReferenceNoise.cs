using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Noise per (sample, channel), drawn by counter: it depends neither on the place in the batch nor on order.</summary>
internal static class ReferenceNoise
{
    /// <summary>y = x·(1 + d·z) or x + d·z, one z for each map.</summary>
    public static void Apply<T>(NoiseApply<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        Span<int> samples = HostMemory<int>.SpanOf(op.Samples);
        int step = HostMemory<int>.SpanOf(op.Step)[0];
        T strength = HostMemory<T>.SpanOf(op.Strength)[0];
        int channels = op.X.Shape.Inner, perSample = x.Length / samples.Length;
        for (int i = 0; i < y.Length; i++)
        {
            T z = Draw<T>(op.Settings, step, samples[i / perSample], i % channels);
            y[i] = Disturb(op.Settings.Distribution, x[i], strength, z);
        }
    }

    private static T Disturb<T>(NoiseDistribution distribution, T x, T strength, T z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (strength == T.Zero)
        {
            return x; // −0 + 0 would be +0, and without noise not a bit may change.
        }

        return distribution == NoiseDistribution.Shift ? x + (strength * z) : x * (T.One + (strength * z));
    }

    private static T Draw<T>(NoiseSettings settings, int step, int sample, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (uint a, uint b, _, _) = Philox4x32.Draw((uint)step, (uint)settings.Site, (uint)sample, (uint)channel, settings.Key);
        const double grid = 1.0 / (1 << 24);
        if (settings.Distribution == NoiseDistribution.Gaussian)
        {
            double radius = Math.Sqrt(-2 * Math.Log(((a >> 8) + 1) * grid));
            return T.CreateChecked(radius * Math.Cos(2 * Math.PI * ((b >> 8) * grid)));
        }

        return T.CreateChecked(((a >> 8) * (2 * grid)) - 1); // exact in float32: 24 bits
    }
}
