using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// Gradients by filters of 3×3 convolutions at stride 1: F(3×3, 4×4), the transpose of F(4×4, 3×3). Tiles are dealt to lanes, each of which sums
/// a partial gradient; how many lanes there are follows from geometry and batch alone.
/// </summary>
internal static unsafe class WinogradGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MaxLanes = 16;

    // A lane clears and transforms 36 sums for every filter and channel: it takes as many tiles to be worth that.
    private const int TilesPerLane = 128;

    // A second lane, which a single sample gives to a second thread, pays sooner.
    private const int TilesForTwoLanes = 64;

    // A block of several reads and writes all 36 sums of every filter and channel once: it takes more tiles than in the other passes to be worth that.
    private const int BlockElements = 96 * 1024;

    /// <summary>The number of lanes.</summary>
    public static int Lanes(ConvGeometry g, int samples)
    {
        int tiles = Grid(g, samples).Tiles;
        return Math.Clamp(tiles / TilesPerLane, tiles >= TilesForTwoLanes ? 2 : 1, MaxLanes);
    }

    /// <summary>Computes the partial gradients.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="g">The geometry.</param>
    /// <param name="x">The input and its samples.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="partials">The partial gradients: [lane][panel][tap][channels][lanes of the panel].</param>
    /// <param name="lanes">How many.</param>
    public static void Run(KernelContext context, ConvGeometry g, in TapConvolution<T> x, T* dy, T* partials, int lanes)
    {
        WinogradGradientJob<S, V, T> job = new()
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
            Lanes = lanes,
            Parts = Math.Min((context.Pool.Threads + lanes - 1) / lanes, (g.K + (2 * S.Count) - 1) / (2 * S.Count)),
        };
        long products = (long)job.Grid.Tiles * WinogradTransform<S, V, T>.Points * g.C * g.K;
        context.For(lanes * job.Parts, ref job, products / KernelContext.ProductsPerElement);
    }

    private static WinogradGrid Grid(ConvGeometry g, int samples) => WinogradGrid.Of(samples, g.P, g.Q, g.C + g.K, 1, 1, BlockElements);
}
