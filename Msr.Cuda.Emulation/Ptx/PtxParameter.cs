namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A parameter of a kernel: a number, a pointer or a structure passed by value.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Offset">Its first byte among the parameters.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Alignment">Its alignment in bytes.</param>
internal sealed record PtxParameter(string Name, int Offset, int Size, int Alignment);
