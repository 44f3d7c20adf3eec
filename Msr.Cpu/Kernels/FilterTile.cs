using System.Runtime.CompilerServices;

namespace Msr.Cpu.Kernels;

/// <summary>
/// The register tiles of the gradient by filters: outer products of neighbouring source elements and a panel of output channels, summed over a
/// plane of pixels: 12 vectors of a partial gradient, written or added to.
/// </summary>
internal static unsafe class FilterTile<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    private const int WideElements = 6;
    private const int NarrowElements = 12;

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

    /// <summary>Six source elements by two vectors of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(in FilterPlanes<T> planes, T* x, T* dy, T* sums, bool fresh)
    {
        nint xStep = planes.XColumnPitch, dyStep = planes.DyColumnPitch;
        int count = planes.Count;
        do
        {
            V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            V b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
            for (int row = 0; row < planes.Rows; row++)
            {
                T* xs = x + (row * planes.XRowPitch);
                T* dys = dy + (row * planes.DyRowPitch);
                for (nint left = planes.Columns; left > 0; left--)
                {
                    V da = S.Load(dys), db = S.Load(dys + S.Count);
                    V e = S.Broadcast(xs[0]);
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
                    xs += xStep;
                    dys += dyStep;
                }
            }

            Write(sums, a0, b0, fresh);
            Write(sums + (2 * S.Count), a1, b1, fresh);
            Write(sums + (4 * S.Count), a2, b2, fresh);
            Write(sums + (6 * S.Count), a3, b3, fresh);
            Write(sums + (8 * S.Count), a4, b4, fresh);
            Write(sums + (10 * S.Count), a5, b5, fresh);
            x += planes.XPitch;
            dy += planes.DyPitch;
            sums += planes.SumPitch;
        }
        while (--count > 0);
    }

    /// <summary>Twelve source elements by one vector of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(in FilterPlanes<T> planes, T* x, T* dy, T* sums, bool fresh)
    {
        nint xStep = planes.XColumnPitch, dyStep = planes.DyColumnPitch;
        int count = planes.Count;
        do
        {
            V a0 = S.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            V a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
            for (int row = 0; row < planes.Rows; row++)
            {
                T* xs = x + (row * planes.XRowPitch);
                T* dys = dy + (row * planes.DyRowPitch);
                for (nint left = planes.Columns; left > 0; left--)
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
                    xs += xStep;
                    dys += dyStep;
                }
            }

            Write(sums, a0, a1, fresh);
            Write(sums + (2 * S.Count), a2, a3, fresh);
            Write(sums + (4 * S.Count), a4, a5, fresh);
            Write(sums + (6 * S.Count), a6, a7, fresh);
            Write(sums + (8 * S.Count), a8, a9, fresh);
            Write(sums + (10 * S.Count), a10, a11, fresh);
            x += planes.XPitch;
            dy += planes.DyPitch;
            sums += planes.SumPitch;
        }
        while (--count > 0);
    }

    // Inlined, like all that is called while accumulators live: across a real call the JIT keeps them in memory, and every sum is stored as it grows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(T* dw, V a, V b, bool fresh)
    {
        S.Store(fresh ? a : S.Add(S.Load(dw), a), dw);
        S.Store(fresh ? b : S.Add(S.Load(dw + S.Count), b), dw + S.Count);
    }
}
