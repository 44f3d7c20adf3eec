namespace Msr.Cpu.Convolution.Direct;

/// <summary>One tap of a filter.</summary>
/// <param name="Source">Where it reads, counted from the pixel's own place.</param>
/// <param name="Index">Its place r·S + s in the filter.</param>
internal readonly record struct Tap(nint Source, int Index);
