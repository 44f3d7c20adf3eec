namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Offset">Where it begins in the parameters' bytes.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Alignment">What its offset is a multiple of.</param>
internal readonly record struct PtxParameter(string Name, int Offset, int Size, int Alignment);
