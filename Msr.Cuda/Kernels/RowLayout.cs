namespace Msr.Cuda.Kernels;

/// <summary>
/// How rows of channels [rows, C] are dealt out to blocks, the mirror of native/channels.h: tiles of up to eight quads of channels, 256/quads rows
/// side by side, and parts of the rows. It follows from rows and C alone, and so do the bits of sums over rows.
/// </summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Channels">The number of channels, C.</param>
/// <param name="RowsAPart">Rows of a part; the last may have fewer.</param>
internal readonly record struct RowLayout(uint Rows, uint Channels, uint RowsAPart)
{
    private const uint RowsAThread = 4;
    private const uint RowsAThreadOfSums = 8;
    private const uint MostParts = 512;

    /// <summary>The number of parts.</summary>
    public uint Parts => KernelLauncher.Pieces(Rows, RowsAPart);

    /// <summary>The number of blocks: parts times tiles.</summary>
    public uint Blocks => Parts * KernelLauncher.Pieces(KernelLauncher.Pieces(Channels, 4), TileQuads(Channels));

    /// <summary>The layout for kernels that make every element by itself.</summary>
    /// <param name="elements">Rows times channels.</param>
    /// <param name="channels">The number of channels.</param>
    public static RowLayout ForElements(uint elements, int channels) =>
        new(elements / (uint)channels, (uint)channels, RowsAThread * Lanes((uint)channels));

    /// <summary>The layout for kernels that leave a sum for each part: enough parts to fill a device, few enough for one warp to add up.</summary>
    /// <param name="elements">Rows times channels.</param>
    /// <param name="channels">The number of channels.</param>
    public static RowLayout ForSums(uint elements, int channels)
    {
        uint rows = elements / (uint)channels, lanes = Lanes((uint)channels);
        uint rounds = Math.Max(RowsAThreadOfSums, KernelLauncher.Pieces(rows, lanes * MostParts));
        return new RowLayout(rows, (uint)channels, rounds * lanes);
    }

    /// <summary>Bytes of the partial sums.</summary>
    /// <param name="sums">The number of sums for each channel.</param>
    public long PartialBytes(int sums) => (long)Parts * sums * Channels * sizeof(float);

    private static uint TileQuads(uint channels)
    {
        uint quads = KernelLauncher.Pieces(channels, 4);
        return quads > 4 ? 8 : quads > 2 ? 4 : quads;
    }

    private static uint Lanes(uint channels) => KernelLauncher.Threads / TileQuads(channels);
}
