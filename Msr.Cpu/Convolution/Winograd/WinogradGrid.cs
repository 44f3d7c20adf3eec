namespace Msr.Cpu.Convolution.Winograd;

/// <summary>The tiles of 4×4 outputs of all samples, in order, and the blocks in which they are worked through.</summary>
/// <param name="Samples">Samples.</param>
/// <param name="Rows">Rows of tiles of a sample.</param>
/// <param name="Columns">Columns of tiles of a sample.</param>
/// <param name="Block">Tiles of a block.</param>
internal readonly record struct WinogradGrid(int Samples, int Rows, int Columns, int Block)
{
    /// <summary>Rows and columns of outputs of a tile.</summary>
    public const int Tile = 4;

    // All points of a block, inputs and products, in a fifth of a second-level cache of 512 KiB; the factors of the filters stream through the rest.
    private const int BlockElements = 24 * 1024;

    // Points of a tile lie a multiple of the pitch apart: without a distance of its own they would fall into the same lines of a cache.
    private const int Apart = 16;

    /// <summary>All tiles.</summary>
    public int Tiles => Samples * Rows * Columns;

    /// <summary>All blocks.</summary>
    public int Blocks => (Tiles + Block - 1) / Block;

    /// <summary>Cuts planes into tiles.</summary>
    /// <param name="samples">Samples.</param>
    /// <param name="rows">Rows of outputs.</param>
    /// <param name="columns">Columns of outputs.</param>
    /// <param name="channels">Channels of both sides together.</param>
    /// <param name="step">Blocks are multiples of so many tiles.</param>
    /// <param name="pieces">Blocks that keep all threads busy.</param>
    /// <param name="blockElements">The most elements of all points of a block, both sides together.</param>
    public static WinogradGrid Of(int samples, int rows, int columns, int channels, int step, int pieces, int blockElements = BlockElements)
    {
        WinogradGrid grid = new(samples, (rows + Tile - 1) / Tile, (columns + Tile - 1) / Tile, 1);
        int fitting = Math.Max(1, blockElements / (36 * channels)), even = (grid.Tiles + pieces - 1) / pieces;
        return grid with { Block = Math.Max(1, (Math.Min(fitting, even) + step - 1) / step) * step };
    }

    /// <summary>Elements from one point of a block to the next.</summary>
    /// <param name="channels">Channels of a side.</param>
    public nint Pitch(int channels) => Distance((nint)Block * channels);

    /// <summary>Elements from one point to the next.</summary>
    /// <param name="length">Elements of a point.</param>
    public static nint Distance(nint length) => length + Apart;

    /// <summary>The place of a tile.</summary>
    /// <param name="tile">Its number.</param>
    /// <param name="row">Where the first tile begins.</param>
    /// <param name="column">Where the first tile begins.</param>
    public (int Sample, int Row, int Column) Locate(int tile, int row, int column)
    {
        int place = tile % (Rows * Columns);
        return (tile / (Rows * Columns), (place / Columns * Tile) + row, (place % Columns * Tile) + column);
    }

    /// <summary>How many tiles there are from one to the end of its row.</summary>
    /// <param name="tile">Its number.</param>
    public int Beside(int tile) => Columns - (tile % Columns);
}
