using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>Ops that compute each element from the same element of their inputs.</summary>
internal static class OracleElementwise
{
    /// <summary>y = value.</summary>
    public static void Fill<T>(Fill<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => HostMemory<T>.SpanOf(op.Y).Fill(op.Value);

    /// <summary>y = x, or y ← y + x.</summary>
    public static void Copy<T>(Copy<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y);
        if (op.Accumulate)
        {
            TensorPrimitives.Add(y, x, y);
        }
        else
        {
            x.CopyTo(y);
        }
    }

    /// <summary>y = a + b.</summary>
    public static void Add<T>(Add<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TensorPrimitives.Add<T>(HostMemory<T>.SpanOf(op.A), HostMemory<T>.SpanOf(op.B), HostMemory<T>.SpanOf(op.Y));

    /// <summary>x ← factor·x.</summary>
    public static void Scale<T>(Scale<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X);
        TensorPrimitives.Multiply(x, HostMemory<T>.SpanOf(op.Factor)[0], x);
    }

    /// <summary>y = x &lt; 0 ? 0 : x: every bit of x, but none where x is below 0. (A maximum with 0 would make +0 of −0.)</summary>
    public static void ReluForward<T>(ReluForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y), below = workspace.Take<T>(Workspace.LongestSpan);
        for (int i = 0; i < x.Length; i += Workspace.LongestSpan)
        {
            int length = Math.Min(Workspace.LongestSpan, x.Length - i);
            TensorPrimitives.MinNumber(x.Slice(i, length), T.Zero, below[..length]);
            TensorPrimitives.Abs<T>(below[..length], below[..length]);
            Keep<T>(x.Slice(i, length), below[..length], wherePositive: false, y.Slice(i, length));
        }
    }

    /// <summary>dx = y &gt; 0 ? dy : 0: every bit of dy where y is above 0, none elsewhere.</summary>
    public static void ReluBackward<T>(ReluBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> y = HostMemory<T>.SpanOf(op.Y), dy = HostMemory<T>.SpanOf(op.Dy), dx = HostMemory<T>.SpanOf(op.Dx);
        Span<T> gate = workspace.Take<T>(Workspace.LongestSpan);
        for (int i = 0; i < dx.Length; i += Workspace.LongestSpan)
        {
            int length = Math.Min(Workspace.LongestSpan, dx.Length - i);
            Span<T> piece = dx.Slice(i, length), above = gate[..length];
            TensorPrimitives.MaxNumber(y.Slice(i, length), T.Zero, above);
            Keep<T>(dy.Slice(i, length), above, wherePositive: true, op.Accumulate ? above : piece);
            if (op.Accumulate)
            {
                TensorPrimitives.Add(piece, above, piece);
            }
        }
    }

    /// <summary>The numbers of x where a gate is above 0, or where it is not, and 0 elsewhere. The gate is never negative and is written over.</summary>
    private static void Keep<T>(ReadOnlySpan<T> x, Span<T> gate, bool wherePositive, Span<T> destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            KeepBits(MemoryMarshal.Cast<T, int>(x), MemoryMarshal.Cast<T, int>(gate), wherePositive, MemoryMarshal.Cast<T, int>(destination));
        }
        else
        {
            KeepBits(MemoryMarshal.Cast<T, long>(x), MemoryMarshal.Cast<T, long>(gate), wherePositive, MemoryMarshal.Cast<T, long>(destination));
        }
    }

    /// <summary>The bits of a number that is not negative are an integer that is not negative: the sign of its opposite, shifted over all bits, is the mask.</summary>
    private static void KeepBits<TBits>(ReadOnlySpan<TBits> x, Span<TBits> gate, bool wherePositive, Span<TBits> destination)
        where TBits : unmanaged, IBinaryInteger<TBits>
    {
        TensorPrimitives.Negate<TBits>(gate, gate);
        TensorPrimitives.ShiftRightArithmetic(gate, TBits.Zero.GetByteCount() * 8 - 1, gate);
        if (!wherePositive)
        {
            TensorPrimitives.OnesComplement<TBits>(gate, gate);
        }

        TensorPrimitives.BitwiseAnd(x, gate, destination);
    }
}
