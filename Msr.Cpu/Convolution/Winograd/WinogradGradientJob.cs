using System.Numerics;
using Msr.Cpu.Memory;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// Partial gradients by filters: every lane sums the products of its tiles, 36 points apart, and brings the sums back to 3×3 taps. Which tiles a
/// lane has follows from the number of lanes alone.
/// </summary>
internal unsafe struct WinogradGradientJob<S, V, T> : IJob
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Points = WinogradTransform<S, V, T>.Points;

    private static int MostSums => FilterTile<S, V, T>.Elements(2 * S.Count) * 2 * S.Count;

    public WinogradGrid Grid;
    public WinogradPlane<T> X;
    public WinogradPlane<T> Dy;
    public T* Partials;
    public nint Partial;
    public int Lanes;

    /// <summary>Shares of the panels of a lane, for threads that would have nothing to do: no sum depends on them.</summary>
    public int Parts;

    private readonly int Panels => (Dy.Channels + (2 * S.Count) - 1) / (2 * S.Count);

    public readonly void Run(int index, Worker worker)
    {
        int lane = index / Parts, part = index % Parts;
        Share share = new()
        {
            First = (int)((long)Grid.Tiles * lane / Lanes),
            End = (int)((long)Grid.Tiles * (lane + 1) / Lanes),
            Begin = Panels * part / Parts * 2 * S.Count,
            Limit = Math.Min(Panels * (part + 1) / Parts * 2 * S.Count, Dy.Channels),
        };
        if (share.End - share.First <= Grid.Block)
        {
            RunOnce(share, Partials + (lane * Partial), worker.Scratch);
        }
        else
        {
            RunBlocks(share, Partials + (lane * Partial), worker.Scratch);
        }
    }

    // All tiles are one block: the sums of a few channels never leave a first-level cache.
    private readonly void RunOnce(in Share share, T* partial, Scratch scratch)
    {
        nint xPitch = Grid.Pitch(X.Channels), dyPitch = Grid.Pitch(Dy.Channels), sumPitch = WinogradGrid.Distance(MostSums);
        T* x = scratch.Reserve<T>((Points * (xPitch + dyPitch + sumPitch)) + Dy.TileLength);
        T* dy = x + (Points * xPitch), sums = dy + (Points * dyPitch), stage = sums + (Points * sumPitch);
        int tiles = share.End - share.First;
        Read(share.First, tiles, x, dy, stage);
        FilterPlanes<T> planes = PlanesOf(tiles) with { Count = Points, XPitch = xPitch, DyPitch = dyPitch, SumPitch = sumPitch };
        for (int first = share.Begin; first < share.Limit; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(Dy.Channels, first), elements = FilterTile<S, V, T>.Elements(width);
            nint tap = (nint)X.Channels * width;
            T* taps = partial + ((nint)first * X.Channels * 9);
            for (int c = 0; c < X.Channels; c += elements)
            {
                FilterTile<S, V, T>.RunTile(planes, x + c, dy + first, sums, width, fresh: true);
                int length = Math.Min(elements, X.Channels - c) * width;
                WinogradTransform<S, V, T>.FilterGradient(sums, sumPitch, taps + ((nint)c * width), tap, length);
            }
        }
    }

    private readonly void RunBlocks(in Share share, T* partial, Scratch scratch)
    {
        nint filters = WinogradGrid.Distance((nint)X.Channels * Dy.Channels), xPitch = Grid.Pitch(X.Channels), dyPitch = Grid.Pitch(Dy.Channels);
        T* sums = scratch.Reserve<T>((Points * (filters + xPitch + dyPitch)) + Dy.TileLength + (2 * S.Count));
        T* x = sums + (Points * filters), dy = x + (Points * xPitch), stage = dy + (Points * dyPitch);
        for (int first = share.First; first < share.End; first += Grid.Block)
        {
            int tiles = Math.Min(Grid.Block, share.End - first);
            Read(first, tiles, x, dy, stage);
            for (int point = 0; point < Points; point++)
            {
                RunPoint(share, x + (point * xPitch), dy + (point * dyPitch), tiles, sums + (point * filters), first == share.First);
            }
        }

        WriteTaps(share, sums, filters, partial);
    }

    private readonly void Read(int first, int tiles, T* x, T* dy, T* stage)
    {
        WinogradInput<S, V, T>.Run(Grid, X, first, tiles, x, Grid.Pitch(X.Channels));
        for (int t = 0; t < tiles; t++)
        {
            ReadGradient(first + t, dy + ((nint)t * Dy.Channels), Grid.Pitch(Dy.Channels), stage);
        }
    }

    // The tiles of one point are a row of pixels.
    private readonly FilterPlanes<T> PlanesOf(int tiles) => new() { Count = 1, Rows = 1, Columns = tiles, XColumnPitch = X.Channels, DyColumnPitch = Dy.Channels };

    private readonly void ReadGradient(int tile, T* dy, nint dyPitch, T* stage)
    {
        (int sample, int row, int column) = Grid.Locate(tile, 0, 0);
        if (Dy.Contains(row, column))
        {
            WinogradTransform<S, V, T>.OutputGradient(Dy.At(sample, row, column), Dy.RowPitch, Dy.Channels, dy, dyPitch, Dy.Channels);
        }
        else
        {
            Dy.Read(sample, row, column, stage);
            WinogradTransform<S, V, T>.OutputGradient(stage, Dy.Extent * Dy.Channels, Dy.Channels, dy, dyPitch, Dy.Channels);
        }
    }

    private readonly void RunPoint(in Share share, T* x, T* dy, int tiles, T* sums, bool fresh)
    {
        FilterPlanes<T> plane = PlanesOf(tiles);
        for (int first = share.Begin; first < share.Limit; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(Dy.Channels, first);
            FilterTile<S, V, T>.Run(plane, x, X.Channels, dy + first, sums + ((nint)first * X.Channels), width, fresh);
        }
    }

    private readonly void WriteTaps(in Share share, T* sums, nint pitch, T* partial)
    {
        for (int first = share.Begin; first < share.Limit; first += 2 * S.Count)
        {
            nint tap = (nint)X.Channels * TapPass<S, V, T>.PanelWidth(Dy.Channels, first);
            WinogradTransform<S, V, T>.FilterGradient(
                sums + ((nint)first * X.Channels), pitch, partial + ((nint)first * X.Channels * 9), tap, tap);
        }
    }

    /// <summary>The tiles of a lane, and the part of its panels that is one thread's.</summary>
    private struct Share
    {
        public int First;
        public int End;

        /// <summary>The first channel, and where channels end.</summary>
        public int Begin;
        public int Limit;
    }
}
