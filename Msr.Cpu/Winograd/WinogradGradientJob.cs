using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Cpu.Kernels;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Winograd;

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

    public WinogradGrid Grid;
    public WinogradPlane<T> X;
    public WinogradPlane<T> Dy;
    public T* Partials;
    public nint Partial;
    public int Lanes;

    public readonly void Run(int index, Worker worker)
    {
        nint filters = WinogradGrid.Distance((nint)X.Channels * Dy.Channels), xPitch = Grid.Pitch(X.Channels), dyPitch = Grid.Pitch(Dy.Channels);
        T* sums = worker.Scratch.Reserve<T>((Points * (filters + xPitch + dyPitch)) + Dy.TileLength + (2 * S.Count));
        T* x = sums + (Points * filters), dy = x + (Points * xPitch), stage = dy + (Points * dyPitch);
        NativeMemory.Clear(sums, (nuint)(Points * filters) * (nuint)sizeof(T));
        int end = (int)((long)Grid.Tiles * (index + 1) / Lanes);
        for (int first = (int)((long)Grid.Tiles * index / Lanes); first < end; first += Grid.Block)
        {
            int tiles = Math.Min(Grid.Block, end - first);
            WinogradInput<S, V, T>.Run(Grid, X, first, tiles, x, xPitch);
            for (int t = 0; t < tiles; t++)
            {
                ReadGradient(first + t, dy + ((nint)t * Dy.Channels), dyPitch, stage);
            }

            for (int point = 0; point < Points; point++)
            {
                AddPoint(x + (point * xPitch), dy + (point * dyPitch), tiles, sums + (point * filters));
            }
        }

        WriteTaps(sums, Partials + (index * Partial));
    }

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

    private readonly void AddPoint(T* x, T* dy, int tiles, T* sums)
    {
        FilterPlane<T> plane = new() { Rows = 1, Columns = tiles, XColumnPitch = X.Channels, DyColumnPitch = Dy.Channels };
        for (int first = 0; first < Dy.Channels; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(Dy.Channels, first);
            FilterTile<S, V, T>.Add(plane, x, X.Channels, dy + first, sums + ((nint)first * X.Channels), width);
        }
    }

    private readonly void WriteTaps(T* sums, T* partial)
    {
        nint filters = WinogradGrid.Distance((nint)X.Channels * Dy.Channels);
        for (int first = 0; first < Dy.Channels; first += 2 * S.Count)
        {
            nint tap = (nint)X.Channels * TapPass<S, V, T>.PanelWidth(Dy.Channels, first);
            WinogradTransform<S, V, T>.FilterGradient(
                sums + ((nint)first * X.Channels), filters, partial + ((nint)first * X.Channels * 9), tap, tap);
        }
    }
}
