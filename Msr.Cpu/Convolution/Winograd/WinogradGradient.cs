using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Memory;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// Gradients by filters of 3×3 convolutions at stride 1: F(3×3, 4×4), the transpose of F(4×4, 3×3). Tiles are dealt to partitions, each of which sums
/// a partial gradient; how many there are follows from geometry and batch alone.
/// </summary>
internal static unsafe class WinogradGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostPartitions = 16;

    // A partition clears and transforms 36 sums for every filter and channel: it takes as many tiles to be worth that.
    private const int TilesPerPartition = 128;

    // A second one, which a single sample gives to a second thread, pays sooner.
    private const int TilesForTwo = 64;

    // A block of several reads and writes all 36 sums of every filter and channel once: it takes more tiles than in the other passes to be worth that.
    private const int BlockElements = 96 * 1024;

    /// <summary>The number of partitions.</summary>
    public static int Partitions(ConvGeometry g, int samples)
    {
        int tiles = Grid(g, samples).Tiles;
        return Math.Clamp(tiles / TilesPerPartition, tiles >= TilesForTwo ? 2 : 1, MostPartitions);
    }

    /// <summary>Computes the partial gradients.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="g">The geometry.</param>
    /// <param name="x">The input and its samples.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="partials">The partial gradients: [partition][panel][tap][channels][lanes of the panel].</param>
    /// <param name="partitions">How many.</param>
    public static void Run(KernelContext context, ConvGeometry g, in ConvolutionPass<T> x, T* dy, T* partials, int partitions)
    {
        Job job = new()
        {
            Grid = Grid(g, x.Samples),
            X = new WinogradPlane<T>
            {
                Data = x.Source,
                Rows = g.H,
                Columns = g.W,
                Channels = g.C,
                Row = -g.Padding.Top,
                Column = -g.Padding.Left,
                Extent = WinogradGrid.Tile + 2,
            },
            Dy = new WinogradPlane<T> { Data = dy, Rows = g.P, Columns = g.Q, Channels = g.K, Extent = WinogradGrid.Tile },
            Partials = partials,
            Partial = (nint)g.Taps * g.C * g.K,
            Partitions = partitions,
            Parts = Math.Min((context.Pool.Threads + partitions - 1) / partitions, (g.K + (2 * S.Count) - 1) / (2 * S.Count)),
        };
        long products = (long)job.Grid.Tiles * WinogradTransform<S, V, T>.Points * g.C * g.K;
        context.For(partitions * job.Parts, ref job, products / KernelContext.ProductsPerElement);
    }

    private static WinogradGrid Grid(ConvGeometry g, int samples) => WinogradGrid.Of(samples, g.P, g.Q, g.C + g.K, 1, 1, BlockElements);

    /// <summary>
    /// Partial gradients by filters: every partition sums the products of its tiles, 36 points apart, and brings the sums back to 3×3 taps. Which tiles a
    /// partition has follows from the number of partitions alone.
    /// </summary>
    private struct Job : IJob
    {
        private const int Points = WinogradTransform<S, V, T>.Points;

        private static int MostSums => FilterTile<S, V, T>.Elements(2 * S.Count) * 2 * S.Count;

        public WinogradGrid Grid;
        public WinogradPlane<T> X;
        public WinogradPlane<T> Dy;
        public T* Partials;
        public nint Partial;
        public int Partitions;

        /// <summary>Shares of the panels of a partition, for threads that would have nothing to do: no sum depends on them.</summary>
        public int Parts;

        private readonly int Panels => (Dy.Channels + (2 * S.Count) - 1) / (2 * S.Count);

        public readonly void Run(int index, Worker worker)
        {
            int partition = index / Parts, part = index % Parts;
            Share share = new()
            {
                First = (int)((long)Grid.Tiles * partition / Partitions),
                End = (int)((long)Grid.Tiles * (partition + 1) / Partitions),
                Begin = Panels * part / Parts * 2 * S.Count,
                Limit = Math.Min(Panels * (part + 1) / Parts * 2 * S.Count, Dy.Channels),
            };
            if (share.End - share.First <= Grid.Block)
            {
                RunOnce(share, Partials + (partition * Partial), worker.Scratch);
            }
            else
            {
                RunBlocks(share, Partials + (partition * Partial), worker.Scratch);
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

        /// <summary>The tiles of a partition, and the part of its panels that is one thread's.</summary>
        private struct Share
        {
            public int First;
            public int End;

            /// <summary>The first channel, and where channels end.</summary>
            public int Begin;
            public int Limit;
        }
    }
}
