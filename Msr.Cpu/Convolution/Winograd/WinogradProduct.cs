using System.Runtime.CompilerServices;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// m[t, k] = Σ_c v[t, c]·u[c, k] for one of the points of all tiles of a block: six or four tiles by one or two vectors of output channels at a time.
/// Every output is one chain of multiply-adds in the order of the channels.
/// </summary>
internal static unsafe class WinogradProduct<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>Tiles of one register tile; blocks have room for a multiple.</summary>
    public const int Tiles = 6;

    // The rest of a block needs no more: a plane of 8×8 pixels has four.
    private const int FewTiles = 4;

    /// <summary>Multiplies.</summary>
    /// <param name="v">Factors of the input, [tiles, channels].</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="u">Factors of the filters, in panels of two vectors, the last one of one or two: [panel][channels][lanes].</param>
    /// <param name="m">Products, [tiles, outputs].</param>
    /// <param name="outputs">Channels of the output, a multiple of the vector.</param>
    /// <param name="tiles">How many tiles; there is memory for a multiple of <see cref="Tiles"/>.</param>
    public static void Run(T* v, int channels, T* u, T* m, int outputs, int tiles)
    {
        for (int first = 0; first < outputs; first += 2 * S.Count)
        {
            bool wide = outputs - first > S.Count;
            T* panel = u + ((nint)first * channels);
            for (int tile = 0; tile < tiles; tile += Tiles)
            {
                T* source = v + ((nint)tile * channels), destination = m + ((nint)tile * outputs) + first;
                if (!wide)
                {
                    Narrow(source, channels, panel, destination, outputs);
                }
                else if (tiles - tile > FewTiles)
                {
                    Wide(source, channels, panel, destination, outputs);
                }
                else
                {
                    Few(source, channels, panel, destination, outputs);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(T* v, nint channels, T* u, T* m, nint pitch)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        V b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
        T* v1 = v + channels, v2 = v1 + channels, v3 = v2 + channels, v4 = v3 + channels, v5 = v4 + channels;
        for (nint c = 0; c < channels; c++)
        {
            V ua = S.Load(u), ub = S.Load(u + S.Count);
            V x = S.Broadcast(v[c]);
            a0 = S.MultiplyAdd(x, ua, a0);
            b0 = S.MultiplyAdd(x, ub, b0);
            x = S.Broadcast(v1[c]);
            a1 = S.MultiplyAdd(x, ua, a1);
            b1 = S.MultiplyAdd(x, ub, b1);
            x = S.Broadcast(v2[c]);
            a2 = S.MultiplyAdd(x, ua, a2);
            b2 = S.MultiplyAdd(x, ub, b2);
            x = S.Broadcast(v3[c]);
            a3 = S.MultiplyAdd(x, ua, a3);
            b3 = S.MultiplyAdd(x, ub, b3);
            x = S.Broadcast(v4[c]);
            a4 = S.MultiplyAdd(x, ua, a4);
            b4 = S.MultiplyAdd(x, ub, b4);
            x = S.Broadcast(v5[c]);
            a5 = S.MultiplyAdd(x, ua, a5);
            b5 = S.MultiplyAdd(x, ub, b5);
            u += 2 * S.Count;
        }

        Store(a0, b0, m);
        Store(a1, b1, m + pitch);
        Store(a2, b2, m + (2 * pitch));
        Store(a3, b3, m + (3 * pitch));
        Store(a4, b4, m + (4 * pitch));
        Store(a5, b5, m + (5 * pitch));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few(T* v, nint channels, T* u, T* m, nint pitch)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0;
        V b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        T* v1 = v + channels, v2 = v1 + channels, v3 = v2 + channels;
        for (nint c = 0; c < channels; c++)
        {
            V ua = S.Load(u), ub = S.Load(u + S.Count);
            V x = S.Broadcast(v[c]);
            a0 = S.MultiplyAdd(x, ua, a0);
            b0 = S.MultiplyAdd(x, ub, b0);
            x = S.Broadcast(v1[c]);
            a1 = S.MultiplyAdd(x, ua, a1);
            b1 = S.MultiplyAdd(x, ub, b1);
            x = S.Broadcast(v2[c]);
            a2 = S.MultiplyAdd(x, ua, a2);
            b2 = S.MultiplyAdd(x, ub, b2);
            x = S.Broadcast(v3[c]);
            a3 = S.MultiplyAdd(x, ua, a3);
            b3 = S.MultiplyAdd(x, ub, b3);
            u += 2 * S.Count;
        }

        Store(a0, b0, m);
        Store(a1, b1, m + pitch);
        Store(a2, b2, m + (2 * pitch));
        Store(a3, b3, m + (3 * pitch));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(T* v, nint channels, T* u, T* m, nint pitch)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        T* v1 = v + channels, v2 = v1 + channels, v3 = v2 + channels, v4 = v3 + channels, v5 = v4 + channels;
        for (nint c = 0; c < channels; c++)
        {
            V ua = S.Load(u);
            a0 = S.MultiplyAdd(S.Broadcast(v[c]), ua, a0);
            a1 = S.MultiplyAdd(S.Broadcast(v1[c]), ua, a1);
            a2 = S.MultiplyAdd(S.Broadcast(v2[c]), ua, a2);
            a3 = S.MultiplyAdd(S.Broadcast(v3[c]), ua, a3);
            a4 = S.MultiplyAdd(S.Broadcast(v4[c]), ua, a4);
            a5 = S.MultiplyAdd(S.Broadcast(v5[c]), ua, a5);
            u += S.Count;
        }

        S.Store(a0, m);
        S.Store(a1, m + pitch);
        S.Store(a2, m + (2 * pitch));
        S.Store(a3, m + (3 * pitch));
        S.Store(a4, m + (4 * pitch));
        S.Store(a5, m + (5 * pitch));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V a, V b, T* destination)
    {
        S.Store(a, destination);
        S.Store(b, destination + S.Count);
    }
}
