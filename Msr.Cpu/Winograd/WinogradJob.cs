using System.Numerics;
using Msr.Cpu.Kernels;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Winograd;

/// <summary>Computes blocks of tiles of a convolution, forward or by its input. Which blocks there are does not matter to any result.</summary>
internal unsafe struct WinogradJob<S, V, T> : IJob
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public WinogradGrid Grid;
    public WinogradPlane<T> Source;
    public WinogradPlane<T> Destination;

    /// <summary>Factors of the filters: [point][panel][channels][lanes].</summary>
    public T* Filters;
    public bool Accumulate;

    public readonly void Run(int index, Worker worker)
    {
        int first = index * Grid.Block, tiles = Math.Min(Grid.Block, Grid.Tiles - first);
        nint vPitch = Grid.Pitch(Source.Channels), mPitch = Grid.Pitch(Destination.Channels);
        T* v = worker.Scratch.Reserve<T>((WinogradTransform<S, V, T>.Points * (vPitch + mPitch)) + Source.TileLength + Destination.TileLength);
        T* m = v + (WinogradTransform<S, V, T>.Points * vPitch);
        T* stage = m + (WinogradTransform<S, V, T>.Points * mPitch);
        for (int t = 0; t < tiles; t++)
        {
            ReadTile(first + t, v + ((nint)t * Source.Channels), vPitch, stage);
        }

        int whole = (tiles + WinogradProduct<S, V, T>.Tiles - 1) / WinogradProduct<S, V, T>.Tiles * WinogradProduct<S, V, T>.Tiles;
        nint filters = (nint)Source.Channels * Destination.Channels;
        for (int point = 0; point < WinogradTransform<S, V, T>.Points; point++)
        {
            WinogradProduct<S, V, T>.Run(
                v + (point * vPitch), Source.Channels, Filters + (point * filters), m + (point * mPitch), Destination.Channels, whole);
        }

        for (int t = 0; t < tiles; t++)
        {
            WriteTile(first + t, m + ((nint)t * Destination.Channels), mPitch, stage + Source.TileLength);
        }
    }

    private readonly void ReadTile(int tile, T* v, nint pitch, T* stage)
    {
        (int sample, int row, int column) = Grid.Locate(tile, Source.Row, Source.Column);
        if (Source.Contains(row, column))
        {
            WinogradTransform<S, V, T>.Input(Source.At(sample, row, column), Source.RowPitch, Source.Channels, v, pitch, Source.Channels);
            return;
        }

        Source.Read(sample, row, column, stage);
        WinogradTransform<S, V, T>.Input(stage, Source.Extent * Source.Channels, Source.Channels, v, pitch, Source.Channels);
    }

    private readonly void WriteTile(int tile, T* m, nint pitch, T* stage)
    {
        (int sample, int row, int column) = Grid.Locate(tile, 0, 0);
        int channels = Destination.Channels;
        if (Destination.Contains(row, column))
        {
            WinogradTransform<S, V, T>.Output(m, pitch, Destination.At(sample, row, column), Destination.RowPitch, channels, channels, Accumulate);
            return;
        }

        if (Accumulate)
        {
            Destination.Read(sample, row, column, stage);
        }

        WinogradTransform<S, V, T>.Output(m, pitch, stage, Destination.Extent * channels, channels, channels, Accumulate);
        Destination.Write(sample, row, column, stage);
    }
}
