using System.Numerics;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Elementwise;

/// <summary>Sums and updates of one contiguous row.</summary>
internal static unsafe class RowMath<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Σ a·b.</summary>
    public static T Dot(T* a, T* b, nint length)
    {
        V s0 = S.Zero, s1 = s0, s2 = s0, s3 = s0;
        nint i = 0;
        for (; i <= length - (4 * S.Count); i += 4 * S.Count)
        {
            s0 = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), s0);
            s1 = S.MultiplyAdd(S.Load(a + i + S.Count), S.Load(b + i + S.Count), s1);
            s2 = S.MultiplyAdd(S.Load(a + i + (2 * S.Count)), S.Load(b + i + (2 * S.Count)), s2);
            s3 = S.MultiplyAdd(S.Load(a + i + (3 * S.Count)), S.Load(b + i + (3 * S.Count)), s3);
        }

        for (; i < length; i += S.Count)
        {
            nint count = Math.Min(S.Count, length - i);
            s0 = S.MultiplyAdd(Partial<S, V, T>.Load(a + i, count), Partial<S, V, T>.Load(b + i, count), s0);
        }

        V total = S.Add(S.Add(s0, s1), S.Add(s2, s3));
        T* lanes = (T*)&total;
        T sum = lanes[0];
        for (int lane = 1; lane < S.Count; lane++)
        {
            sum += lanes[lane];
        }

        return sum;
    }

    /// <summary>y += factor·x.</summary>
    public static void AddScaled(T factor, T* x, T* y, nint length)
    {
        V f = S.Broadcast(factor);
        nint i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(S.MultiplyAdd(f, S.Load(x + i), S.Load(y + i)), y + i);
        }

        if (i < length)
        {
            V y1 = Partial<S, V, T>.Load(y + i, length - i);
            Partial<S, V, T>.Store(S.MultiplyAdd(f, Partial<S, V, T>.Load(x + i, length - i), y1), y + i, length - i);
        }
    }

    /// <summary>y = factor·x.</summary>
    public static void Scale(T factor, T* x, T* y, nint length)
    {
        V f = S.Broadcast(factor);
        nint i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(S.Multiply(f, S.Load(x + i)), y + i);
        }

        if (i < length)
        {
            Partial<S, V, T>.Store(S.Multiply(f, Partial<S, V, T>.Load(x + i, length - i)), y + i, length - i);
        }
    }

    /// <summary>y += x.</summary>
    public static void Add(T* x, T* y, nint length)
    {
        nint i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(S.Add(S.Load(y + i), S.Load(x + i)), y + i);
        }

        if (i < length)
        {
            V sum = S.Add(Partial<S, V, T>.Load(y + i, length - i), Partial<S, V, T>.Load(x + i, length - i));
            Partial<S, V, T>.Store(sum, y + i, length - i);
        }
    }

    /// <summary>y = x/divisor.</summary>
    public static void Divide(T* x, T divisor, T* y, nint length)
    {
        V d = S.Broadcast(divisor);
        nint i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(S.Divide(S.Load(x + i), d), y + i);
        }

        if (i < length)
        {
            Partial<S, V, T>.Store(S.Divide(Partial<S, V, T>.Load(x + i, length - i), d), y + i, length - i);
        }
    }
}
