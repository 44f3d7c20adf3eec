using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>Noise per (sample, channel), drawn by counter.</summary>
internal static class OracleNoise
{
    /// <summary>y = x·(1 + d·z) or x + d·z, one z for each map.</summary>
    public static void Apply<T>(NoiseApply<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        Span<int> samples = HostMemory<int>.SpanOf(op.Samples);
        T strength = HostMemory<T>.SpanOf(op.Strength)[0];
        if (strength == T.Zero)
        {
            x.CopyTo(y); // −0 + 0 would be +0, and without noise not a bit may change.
            return;
        }

        int perSample = x.Length / samples.Length;
        bool shifts = op.Settings.Distribution == NoiseDistribution.Shift;
        Span<T> z = workspace.Take<T>(op.X.Shape.Inner), rows = OracleChannels.Repeat<T>(z, workspace, perSample);
        for (int n = 0; n < samples.Length; n++)
        {
            Draw(op.Settings, (HostMemory<int>.SpanOf(op.Step)[0], samples[n]), z);
            TensorPrimitives.Multiply(z, strength, z);
            TensorPrimitives.Add(z, shifts ? T.NegativeZero : T.One, z);
            for (int i = 0; i < rows.Length; i += z.Length)
            {
                z.CopyTo(rows[i..]);
            }

            for (int i = n * perSample; i < (n + 1) * perSample; i += rows.Length)
            {
                int length = Math.Min(rows.Length, ((n + 1) * perSample) - i);
                Disturb(shifts, x.Slice(i, length), rows[..length], y.Slice(i, length));
            }
        }
    }

    private static void Disturb<T>(bool shifts, ReadOnlySpan<T> x, ReadOnlySpan<T> by, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shifts)
        {
            TensorPrimitives.Add(x, by, y);
        }
        else
        {
            TensorPrimitives.Multiply(x, by, y);
        }
    }

    private static void Draw<T>(NoiseSettings settings, (int Step, int Sample) at, Span<T> z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double grid = 1.0 / (1 << 24);
        for (int c = 0; c < z.Length; c++)
        {
            (uint a, uint b, _, _) = Philox4x32.Draw((uint)at.Step, (uint)settings.Site, (uint)at.Sample, (uint)c, settings.Key);
            z[c] = T.CreateChecked(settings.Distribution == NoiseDistribution.Gaussian
                ? Math.Sqrt(-2 * Math.Log(((a >> 8) + 1) * grid)) * Math.Cos(2 * Math.PI * ((b >> 8) * grid))
                : ((a >> 8) * (2 * grid)) - 1);
        }
    }
}
