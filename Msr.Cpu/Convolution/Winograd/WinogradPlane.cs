namespace Msr.Cpu.Convolution.Winograd;

/// <summary>The tiles of one side of a convolution: planes [samples, rows, columns, channels], cut into tiles that overlap or do not. Beyond the border there are zeros.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal unsafe struct WinogradPlane<T>
    where T : unmanaged
{
    public T* Data;
    public int Rows;
    public int Columns;
    public int Channels;

    /// <summary>The start of the first tile, on both axes.</summary>
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

    /// <summary>Copies a tile, with zeros beyond the border.</summary>
    public readonly void Read(int sample, int row, int column, T* tile)
    {
        new Span<T>(tile, TileLength).Clear();
        int begin = Math.Clamp(-column, 0, Extent), columns = Math.Clamp(Columns - column, begin, Extent) - begin;
        for (int i = Math.Clamp(-row, 0, Extent); i < Math.Min(Extent, Rows - row); i++)
        {
            new ReadOnlySpan<T>(At(sample, row + i, column + begin), columns * Channels)
                .CopyTo(new Span<T>(tile + (((i * Extent) + begin) * Channels), columns * Channels));
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
}
