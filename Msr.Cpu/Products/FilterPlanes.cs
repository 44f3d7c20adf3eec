namespace Msr.Cpu.Products;

/// <summary>The pixels that a <see cref="FilterTile{S, V, T}"/> sums over, on planes that are summed apart.</summary>
internal struct FilterPlanes<T>
    where T : unmanaged
{
    /// <summary>How many planes; at least one.</summary>
    public required int Count;

    public required int Rows;
    public required int Columns;

    /// <summary>From one plane to the next; the sums of more than one are of one tile.</summary>
    public nint XPitch;
    public nint DyPitch;
    public nint SumPitch;

    public nint XRowPitch;
    public nint XColumnPitch;
    public nint DyRowPitch;
    public nint DyColumnPitch;
}
