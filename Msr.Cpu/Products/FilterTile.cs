using System.Runtime.CompilerServices;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Products;

/// <summary>
/// The register tiles of the gradient by filters: outer products of neighbouring source elements and a panel of output channels, summed over a
/// plane of pixels: 12 of 16 registers, 16 of 32, hold vectors of a partial gradient, which are written or added to in the end.
/// </summary>
internal static unsafe class FilterTile<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    // Three taps of three channels: what the images of a first layer have in a row.
    private const int ColourElements = 9;

    private static int WideElements => S.ManyRegisters ? 8 : 6;

    private static int NarrowElements => S.ManyRegisters ? 16 : 12;

    /// <summary>Source elements of a tile.</summary>
    /// <param name="width">Channels of the panel: one vector or two.</param>
    public static int Elements(int width) => width > S.Count ? WideElements : NarrowElements;

    /// <summary>Neighbouring source elements by a panel of channels: whole tiles, and the rest of one.</summary>
    /// <param name="plane">The pixels that are summed over, a single plane.</param>
    /// <param name="x">The first source element. Behind the last there is memory for one tile.</param>
    /// <param name="length">How many source elements.</param>
    /// <param name="dy">The first channel of the panel.</param>
    /// <param name="sums">The partial gradient, [length, width].</param>
    /// <param name="width">Channels of the panel: one vector or two.</param>
    /// <param name="fresh">Whether the sums are written; they are added to otherwise.</param>
    public static void Run(in FilterPlanes<T> plane, T* x, int length, T* dy, T* sums, int width, bool fresh)
    {
        if (length == ColourElements && (S.ManyRegisters || width == S.Count))
        {
            for (int lane = 0; lane < width; lane += S.Count)
            {
                Colour(plane, x, dy + lane, sums + lane, width, fresh);
            }

            return;
        }

        int tile = Elements(width);
        for (; length >= tile; length -= tile)
        {
            RunTile(plane, x, dy, sums, width, fresh);
            x += tile;
            sums += tile * width;
        }

        if (length > 0)
        {
            // What lies behind is multiplied too, and dropped.
            T* stage = stackalloc T[tile * width];
            RunTile(plane, x, dy, stage, width, fresh: true);
            for (int i = 0; i < length * width; i += S.Count)
            {
                V sum = S.Load(stage + i);
                S.Store(fresh ? sum : S.Add(S.Load(sums + i), sum), sums + i);
            }
        }
    }

    /// <summary>One tile of every plane: <see cref="Elements"/> source elements by a panel of channels.</summary>
    /// <param name="planes">The pixels that are summed over. One call for all: where pixels are few, calls were a quarter of the time.</param>
    /// <param name="x">The first source element.</param>
    /// <param name="dy">The first channel of the panel.</param>
    /// <param name="sums">The partial gradient, [elements, width].</param>
    /// <param name="width">Channels of the panel: one vector or two.</param>
    /// <param name="fresh">Whether the sums are written; they are added to otherwise.</param>
    public static void RunTile(in FilterPlanes<T> planes, T* x, T* dy, T* sums, int width, bool fresh)
    {
        if (width > S.Count)
        {
            Wide(planes, x, dy, sums, fresh);
        }
        else
        {
            Narrow(planes, x, dy, sums, fresh);
        }
    }

    /// <summary>Six or eight source elements by two vectors of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(in FilterPlanes<T> planes, T* x, T* dy, T* sums, bool fresh)
    {
        int count = planes.Count;
        do
        {
            WidePlane(planes, x, dy, sums, fresh);
            x += planes.XPitch;
            dy += planes.DyPitch;
            sums += planes.SumPitch;
        }
        while (--count > 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WidePlane(in FilterPlanes<T> plane, T* x, T* dy, T* sums, bool fresh)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0,
          b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
        nint xStep = plane.XColumnPitch, dyStep = plane.DyColumnPitch;
        for (int row = 0; row < plane.Rows; row++)
        {
            T* xs = x + (row * plane.XRowPitch), dys = dy + (row * plane.DyRowPitch);
            for (nint left = plane.Columns; left > 0; left--)
            {
                V da = S.Load(dys), db = S.Load(dys + S.Count), e = S.Broadcast(xs[0]);
                a0 = S.MultiplyAdd(e, da, a0);
                b0 = S.MultiplyAdd(e, db, b0);
                e = S.Broadcast(xs[1]);
                a1 = S.MultiplyAdd(e, da, a1);
                b1 = S.MultiplyAdd(e, db, b1);
                e = S.Broadcast(xs[2]);
                a2 = S.MultiplyAdd(e, da, a2);
                b2 = S.MultiplyAdd(e, db, b2);
                e = S.Broadcast(xs[3]);
                a3 = S.MultiplyAdd(e, da, a3);
                b3 = S.MultiplyAdd(e, db, b3);
                e = S.Broadcast(xs[4]);
                a4 = S.MultiplyAdd(e, da, a4);
                b4 = S.MultiplyAdd(e, db, b4);
                e = S.Broadcast(xs[5]);
                a5 = S.MultiplyAdd(e, da, a5);
                b5 = S.MultiplyAdd(e, db, b5);
                if (S.ManyRegisters)
                {
                    e = S.Broadcast(xs[6]);
                    a6 = S.MultiplyAdd(e, da, a6);
                    b6 = S.MultiplyAdd(e, db, b6);
                    e = S.Broadcast(xs[7]);
                    a7 = S.MultiplyAdd(e, da, a7);
                    b7 = S.MultiplyAdd(e, db, b7);
                }

                xs += xStep;
                dys += dyStep;
            }
        }

        Write(sums, a0, b0, a1, b1, fresh);
        Write(sums + (4 * S.Count), a2, b2, a3, b3, fresh);
        Write(sums + (8 * S.Count), a4, b4, a5, b5, fresh);
        if (S.ManyRegisters)
        {
            Write(sums + (12 * S.Count), a6, b6, a7, b7, fresh);
        }
    }

    /// <summary>Twelve or sixteen source elements by one vector of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(in FilterPlanes<T> planes, T* x, T* dy, T* sums, bool fresh)
    {
        int count = planes.Count;
        do
        {
            NarrowPlane(planes, x, dy, sums, fresh);
            x += planes.XPitch;
            dy += planes.DyPitch;
            sums += planes.SumPitch;
        }
        while (--count > 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NarrowPlane(in FilterPlanes<T> plane, T* x, T* dy, T* sums, bool fresh)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        V a8 = a0, a9 = a0, a10 = a0, a11 = a0, a12 = a0, a13 = a0, a14 = a0, a15 = a0;
        nint xStep = plane.XColumnPitch, dyStep = plane.DyColumnPitch;
        for (int row = 0; row < plane.Rows; row++)
        {
            T* xs = x + (row * plane.XRowPitch), dys = dy + (row * plane.DyRowPitch);
            for (nint left = plane.Columns; left > 0; left--)
            {
                V d = S.Load(dys);
                a0 = S.MultiplyAdd(S.Broadcast(xs[0]), d, a0);
                a1 = S.MultiplyAdd(S.Broadcast(xs[1]), d, a1);
                a2 = S.MultiplyAdd(S.Broadcast(xs[2]), d, a2);
                a3 = S.MultiplyAdd(S.Broadcast(xs[3]), d, a3);
                a4 = S.MultiplyAdd(S.Broadcast(xs[4]), d, a4);
                a5 = S.MultiplyAdd(S.Broadcast(xs[5]), d, a5);
                a6 = S.MultiplyAdd(S.Broadcast(xs[6]), d, a6);
                a7 = S.MultiplyAdd(S.Broadcast(xs[7]), d, a7);
                a8 = S.MultiplyAdd(S.Broadcast(xs[8]), d, a8);
                a9 = S.MultiplyAdd(S.Broadcast(xs[9]), d, a9);
                a10 = S.MultiplyAdd(S.Broadcast(xs[10]), d, a10);
                a11 = S.MultiplyAdd(S.Broadcast(xs[11]), d, a11);
                if (S.ManyRegisters)
                {
                    a12 = S.MultiplyAdd(S.Broadcast(xs[12]), d, a12);
                    a13 = S.MultiplyAdd(S.Broadcast(xs[13]), d, a13);
                    a14 = S.MultiplyAdd(S.Broadcast(xs[14]), d, a14);
                    a15 = S.MultiplyAdd(S.Broadcast(xs[15]), d, a15);
                }

                xs += xStep;
                dys += dyStep;
            }
        }

        Write(sums, a0, a1, a2, a3, fresh);
        Write(sums + (4 * S.Count), a4, a5, a6, a7, fresh);
        Write(sums + (8 * S.Count), a8, a9, a10, a11, fresh);
        if (S.ManyRegisters)
        {
            Write(sums + (12 * S.Count), a12, a13, a14, a15, fresh);
        }
    }

    /// <summary>Nine source elements by one vector of channels, the sums so far apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Colour(in FilterPlanes<T> plane, T* x, T* dy, T* sums, nint apart, bool fresh)
    {
        V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0;
        nint xStep = plane.XColumnPitch, dyStep = plane.DyColumnPitch;
        for (int row = 0; row < plane.Rows; row++)
        {
            T* xs = x + (row * plane.XRowPitch), dys = dy + (row * plane.DyRowPitch);
            for (nint left = plane.Columns; left > 0; left--)
            {
                V d = S.Load(dys);
                a0 = S.MultiplyAdd(S.Broadcast(xs[0]), d, a0);
                a1 = S.MultiplyAdd(S.Broadcast(xs[1]), d, a1);
                a2 = S.MultiplyAdd(S.Broadcast(xs[2]), d, a2);
                a3 = S.MultiplyAdd(S.Broadcast(xs[3]), d, a3);
                a4 = S.MultiplyAdd(S.Broadcast(xs[4]), d, a4);
                a5 = S.MultiplyAdd(S.Broadcast(xs[5]), d, a5);
                a6 = S.MultiplyAdd(S.Broadcast(xs[6]), d, a6);
                a7 = S.MultiplyAdd(S.Broadcast(xs[7]), d, a7);
                a8 = S.MultiplyAdd(S.Broadcast(xs[8]), d, a8);
                xs += xStep;
                dys += dyStep;
            }
        }

        Write(sums, a0, fresh);
        Write(sums + apart, a1, fresh);
        Write(sums + (2 * apart), a2, fresh);
        Write(sums + (3 * apart), a3, fresh);
        Write(sums + (4 * apart), a4, fresh);
        Write(sums + (5 * apart), a5, fresh);
        Write(sums + (6 * apart), a6, fresh);
        Write(sums + (7 * apart), a7, fresh);
        Write(sums + (8 * apart), a8, fresh);
    }

    // Inlined, like all that is called while accumulators live: across a real call the JIT keeps them in memory, and every sum is stored as it grows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(T* dw, V a, V b, V c, V d, bool fresh)
    {
        Write(dw, a, fresh);
        Write(dw + S.Count, b, fresh);
        Write(dw + (2 * S.Count), c, fresh);
        Write(dw + (3 * S.Count), d, fresh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(T* dw, V a, bool fresh) => S.Store(fresh ? a : S.Add(S.Load(dw), a), dw);
}
