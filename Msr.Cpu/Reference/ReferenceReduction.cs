using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Ops that sum over rows or channels.</summary>
internal static class ReferenceReduction
{
    /// <summary>db[c] = Σ dy[…,c].</summary>
    public static void BiasGradient<T>(BiasGradient<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> dy = HostMemory<T>.SpanOf(op.Dy), db = HostMemory<T>.SpanOf(op.Db);
        for (int c = 0; c < db.Length; c++)
        {
            T sum = T.Zero;
            for (int i = c; i < dy.Length; i += db.Length)
            {
                sum += dy[i];
            }

            db[c] = op.Accumulate ? db[c] + sum : sum;
        }
    }

    /// <summary>mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows.</summary>
    public static void Moments<T>(SegmentMoments<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), mean = HostMemory<T>.SpanOf(op.Mean), square = HostMemory<T>.SpanOf(op.Square);
        T rows = T.CreateChecked(x.Length / mean.Length);
        for (int c = 0; c < mean.Length; c++)
        {
            T sum = T.Zero, squares = T.Zero;
            for (int i = c; i < x.Length; i += mean.Length)
            {
                sum += x[i];
                squares += x[i] * x[i];
            }

            mean[c] = sum / rows;
            square[c] = squares / rows;
        }
    }

    /// <summary>y[r] = Σ x[r,…]².</summary>
    public static void SquaredNorms<T>(SquaredNorms<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        int length = x.Length / y.Length;
        for (int r = 0; r < y.Length; r++)
        {
            y[r] = SquaredNorm<T>(x.Slice(r * length, length));
        }
    }

    /// <summary>Σ x².</summary>
    public static T SquaredNorm<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (T value in x)
        {
            sum += value * value;
        }

        return sum;
    }
}
