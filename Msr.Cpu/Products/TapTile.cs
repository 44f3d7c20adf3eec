using System.Runtime.CompilerServices;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Products;

/// <summary>
/// The register tiles that do nearly all floating-point work. Every output is one chain of multiply-adds in the order of the runs, started from
/// zero or from the destination: which tile computes it, and beside which neighbours, does not matter to its bits.
/// </summary>
internal static unsafe class TapTile<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>Pixels of <see cref="Wide"/>: with two vectors of channels, 12 accumulators of the 16 registers there are.</summary>
    public const int WidePixels = 6;

    /// <summary>Pixels of <see cref="Narrow"/>.</summary>
    public const int NarrowPixels = 8;

    /// <summary>Six pixels by two vectors of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(T** source, T** destination, TapRun* runs, TapRun* end, T* w, bool resume)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        V b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
        if (resume)
        {
            (a0, b0) = (S.Load(destination[0]), S.Load(destination[0] + S.Count));
            (a1, b1) = (S.Load(destination[1]), S.Load(destination[1] + S.Count));
            (a2, b2) = (S.Load(destination[2]), S.Load(destination[2] + S.Count));
            (a3, b3) = (S.Load(destination[3]), S.Load(destination[3] + S.Count));
            (a4, b4) = (S.Load(destination[4]), S.Load(destination[4] + S.Count));
            (a5, b5) = (S.Load(destination[5]), S.Load(destination[5] + S.Count));
        }

        for (; runs < end; runs++)
        {
            T* x0 = source[0] + runs->Source, x1 = source[1] + runs->Source, x2 = source[2] + runs->Source;
            T* x3 = source[3] + runs->Source, x4 = source[4] + runs->Source, x5 = source[5] + runs->Source;
            nint length = runs->Length;
            for (nint i = 0; i < length; i++)
            {
                V wa = S.Load(w), wb = S.Load(w + S.Count);
                V x = S.Broadcast(x0[i]);
                a0 = S.MultiplyAdd(x, wa, a0);
                b0 = S.MultiplyAdd(x, wb, b0);
                x = S.Broadcast(x1[i]);
                a1 = S.MultiplyAdd(x, wa, a1);
                b1 = S.MultiplyAdd(x, wb, b1);
                x = S.Broadcast(x2[i]);
                a2 = S.MultiplyAdd(x, wa, a2);
                b2 = S.MultiplyAdd(x, wb, b2);
                x = S.Broadcast(x3[i]);
                a3 = S.MultiplyAdd(x, wa, a3);
                b3 = S.MultiplyAdd(x, wb, b3);
                x = S.Broadcast(x4[i]);
                a4 = S.MultiplyAdd(x, wa, a4);
                b4 = S.MultiplyAdd(x, wb, b4);
                x = S.Broadcast(x5[i]);
                a5 = S.MultiplyAdd(x, wa, a5);
                b5 = S.MultiplyAdd(x, wb, b5);
                w += 2 * S.Count;
            }
        }

        Store(a0, b0, destination[0]);
        Store(a1, b1, destination[1]);
        Store(a2, b2, destination[2]);
        Store(a3, b3, destination[3]);
        Store(a4, b4, destination[4]);
        Store(a5, b5, destination[5]);
    }

    /// <summary>Eight pixels by one vector of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(T** source, T** destination, TapRun* runs, TapRun* end, T* w, bool resume)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        if (resume)
        {
            (a0, a1, a2, a3) = (S.Load(destination[0]), S.Load(destination[1]), S.Load(destination[2]), S.Load(destination[3]));
            (a4, a5, a6, a7) = (S.Load(destination[4]), S.Load(destination[5]), S.Load(destination[6]), S.Load(destination[7]));
        }

        for (; runs < end; runs++)
        {
            T* x0 = source[0] + runs->Source, x1 = source[1] + runs->Source, x2 = source[2] + runs->Source, x3 = source[3] + runs->Source;
            T* x4 = source[4] + runs->Source, x5 = source[5] + runs->Source, x6 = source[6] + runs->Source, x7 = source[7] + runs->Source;
            nint length = runs->Length;
            for (nint i = 0; i < length; i++)
            {
                V wa = S.Load(w);
                a0 = S.MultiplyAdd(S.Broadcast(x0[i]), wa, a0);
                a1 = S.MultiplyAdd(S.Broadcast(x1[i]), wa, a1);
                a2 = S.MultiplyAdd(S.Broadcast(x2[i]), wa, a2);
                a3 = S.MultiplyAdd(S.Broadcast(x3[i]), wa, a3);
                a4 = S.MultiplyAdd(S.Broadcast(x4[i]), wa, a4);
                a5 = S.MultiplyAdd(S.Broadcast(x5[i]), wa, a5);
                a6 = S.MultiplyAdd(S.Broadcast(x6[i]), wa, a6);
                a7 = S.MultiplyAdd(S.Broadcast(x7[i]), wa, a7);
                w += S.Count;
            }
        }

        S.Store(a0, destination[0]);
        S.Store(a1, destination[1]);
        S.Store(a2, destination[2]);
        S.Store(a3, destination[3]);
        S.Store(a4, destination[4]);
        S.Store(a5, destination[5]);
        S.Store(a6, destination[6]);
        S.Store(a7, destination[7]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V a, V b, T* destination)
    {
        S.Store(a, destination);
        S.Store(b, destination + S.Count);
    }
}
