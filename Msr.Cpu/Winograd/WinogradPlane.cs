using Msr.Core.Numerics;

namespace Msr.Cpu.Winograd;

/// <summary>The tiles of one side of a convolution: planes [samples, rows, columns, channels], cut into tiles that overlap or do not.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal unsafe struct WinogradPlane<T>
    where T : unmanaged
{
    public T* Data;
    public int Rows;
    public int Columns;
    public int Channels;

    /// <summary>What lies beyond the border.</summary>
    public PaddingMode Mode;

    /// <summary>Where the first tile begins, on both axes.</summary>
    public int Row;
    public int Column;

    /// <summary>Rows and columns of a tile.</summary>
    public int Extent;

    public readonly nint RowPitch => (nint)Columns * Channels;

    /// <summary>Elements of one tile by itself.</summary>
    public readonly int TileLength => Extent * Extent * Channels;

    /// <summary>The first element of a tile; it may lie outside.</summary>
    public readonly T* At(int sample, int row, int column) =>
        Data + ((((nint)sample * Rows) + row) * RowPitch) + ((nint)column * Channels);

    /// <summary>Whether a tile lies inside.</summary>
    public readonly bool Contains(int row, int column) => row >= 0 && column >= 0 && row + Extent <= Rows && column + Extent <= Columns;

    /// <summary>Copies a tile; what lies beyond the border is what the mode says.</summary>
    public readonly void Read(int sample, int row, int column, T* tile)
    {
        int begin = Math.Clamp(-column, 0, Extent), end = Math.Clamp(Columns - column, begin, Extent);
        for (int i = 0; i < Extent; i++)
        {
            T* line = tile + (i * Extent * Channels);
            int source = ConvGeometry.Source(row + i, Rows, Mode);
            if (source < 0)
            {
                new Span<T>(line, Extent * Channels).Clear();
                continue;
            }

            ReadBeyond(sample, source, column, 0, begin, line);
            new ReadOnlySpan<T>(At(sample, source, column + begin), (end - begin) * Channels).CopyTo(new Span<T>(line + (begin * Channels), (end - begin) * Channels));
            ReadBeyond(sample, source, column, end, Extent, line);
        }
    }

    /// <summary>Copies the part of a tile that lies inside to where it belongs.</summary>
    public readonly void Write(int sample, int row, int column, T* tile)
    {
        int columns = Math.Min(Extent, Columns - column);
        for (int i = 0; i < Math.Min(Extent, Rows - row); i++)
        {
            new ReadOnlySpan<T>(tile + (i * Extent * Channels), columns * Channels)
                .CopyTo(new Span<T>(At(sample, row + i, column), columns * Channels));
        }
    }

    private readonly void ReadBeyond(int sample, int row, int column, int begin, int end, T* line)
    {
        for (int j = begin; j < end; j++)
        {
            Span<T> pixel = new(line + (j * Channels), Channels);
            int source = ConvGeometry.Source(column + j, Columns, Mode);
            if (source < 0)
            {
                pixel.Clear();
            }
            else
            {
                new ReadOnlySpan<T>(At(sample, row, source), Channels).CopyTo(pixel);
            }
        }
    }
}
