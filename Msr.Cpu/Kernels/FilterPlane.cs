namespace Msr.Cpu.Kernels;

/// <summary>The pixels that a <see cref="FilterTile{S, V, T}"/> sums over.</summary>
internal struct FilterPlane<T>
    where T : unmanaged
{
    public int Rows;
    public int Columns;
    public nint XRowPitch;
    public nint XColumnPitch;
    public nint DyRowPitch;
    public nint DyColumnPitch;
}
