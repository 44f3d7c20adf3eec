namespace Msr.Cpu.Convolution.Direct;

/// <summary>The taps of one phase of a <see cref="TapConvolution{T}"/>.</summary>
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
