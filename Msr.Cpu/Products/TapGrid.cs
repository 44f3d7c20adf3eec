namespace Msr.Cpu.Products;

/// <summary>
/// A plane of destination pixels that all gather along the same runs: destination[row, column, :] (+)= Σ_runs source · filters. Convolutions,
/// their gradients by the input and matrix products are all made of it.
/// </summary>
internal unsafe struct TapGrid<T>
    where T : unmanaged
{
    public T* Source;
    public nint SourceRowPitch;
    public nint SourceColumnPitch;
    public T* Destination;
    public nint DestinationRowPitch;
    public nint DestinationColumnPitch;
    public int Rows;
    public int Columns;
    public TapRun* Runs;
    public int RunCount;

    /// <summary>The sum of all run lengths: the products of one output.</summary>
    public int Steps;

    /// <summary>Panels of two vectors of output channels, the last one of one or two: [panel][step][lanes].</summary>
    public T* Filters;

    /// <summary>Output channels.</summary>
    public int Channels;
    public bool Accumulate;
}
