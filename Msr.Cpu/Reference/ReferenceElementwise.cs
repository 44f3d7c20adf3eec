using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Ops that compute each element from the same element of their inputs.</summary>
internal static class ReferenceElementwise
{
    /// <summary>y = value.</summary>
    public static void Fill<T>(Fill<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => HostMemory<T>.SpanOf(op.Y).Fill(op.Value);

    /// <summary>y = x, or y ← y + x.</summary>
    public static void Copy<T>(Copy<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = op.Accumulate ? y[i] + x[i] : x[i];
        }
    }

    /// <summary>y = a + b.</summary>
    public static void Add<T>(Add<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> a = HostMemory<T>.SpanOf(op.A), b = HostMemory<T>.SpanOf(op.B), y = HostMemory<T>.SpanOf(op.Y);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i] + b[i];
        }
    }

    /// <summary>x ← factor·x.</summary>
    public static void Scale<T>(Scale<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X);
        T factor = HostMemory<T>.SpanOf(op.Factor)[0];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = factor * x[i];
        }
    }

    /// <summary>y[…,c] = x[…,c] + b[c].</summary>
    public static void BiasAdd<T>(BiasAdd<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), b = HostMemory<T>.SpanOf(op.B), y = HostMemory<T>.SpanOf(op.Y);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] + b[i % b.Length];
        }
    }

    /// <summary>y = x &lt; 0 ? 0 : x.</summary>
    public static void ReluForward<T>(ReluForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] < T.Zero ? T.Zero : x[i];
        }
    }

    /// <summary>dx = y &gt; 0 ? dy : 0.</summary>
    public static void ReluBackward<T>(ReluBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> y = HostMemory<T>.SpanOf(op.Y), dy = HostMemory<T>.SpanOf(op.Dy), dx = HostMemory<T>.SpanOf(op.Dx);
        for (int i = 0; i < dx.Length; i++)
        {
            T gradient = y[i] > T.Zero ? dy[i] : T.Zero;
            dx[i] = op.Accumulate ? dx[i] + gradient : gradient;
        }
    }
}
