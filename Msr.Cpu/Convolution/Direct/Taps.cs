namespace Msr.Cpu.Convolution.Direct;

/// <summary>One tap of a filter.</summary>
/// <param name="Source">Where it reads, counted from the pixel's own place.</param>
/// <param name="Index">Its place r·S + s in the filter.</param>
internal readonly record struct Tap(nint Source, int Index);

/// <summary>The taps that meet the same destinations: all of them forward, those of one phase of the stride in the gradient by the input.</summary>
internal struct TapPhase
{
    public int Row;
    public int Column;
    public int FirstTap;
    public int TapCount;
    public int FirstRun;
    public int RunCount;

    /// <summary>Products of one output.</summary>
    public int Steps;

    /// <summary>The first packed filter of this phase, of its first group.</summary>
    public nint Filters;
}
