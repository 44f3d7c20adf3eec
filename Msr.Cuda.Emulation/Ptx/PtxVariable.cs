namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A variable with an address: of a module or of a kernel.</summary>
/// <param name="Space">Where it lives.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Alignment">Its alignment in bytes, a power of two.</param>
/// <param name="Contents">Its first value; shorter than the size where the rest is zero.</param>
internal sealed record PtxVariable(MemorySpace Space, string Name, int Size, int Alignment, byte[] Contents);
