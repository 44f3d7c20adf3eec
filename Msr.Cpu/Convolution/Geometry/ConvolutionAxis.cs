namespace Msr.Cpu.Convolution.Geometry;

/// <summary>
/// One axis of a convolution seen from its destination. Grid position j of phase f writes destination j·<see cref="Phases"/> + f −
/// <see cref="Shift"/> and reads source j·<see cref="Step"/> + <see cref="Offset"/>. A forward pass has one phase; the gradient of a stride-u pass
/// has u of them, each with the taps that meet it: no zeros are inserted and none multiplied.
/// </summary>
internal struct ConvolutionAxis
{
    public int Source;
    public int Destination;
    public int Taps;
    public int Dilation;
    public int Step;
    public int Phases;
    public int Padding;
    public int Shift;
    public bool Backward;

    /// <summary>The least offset of any tap.</summary>
    public readonly int MinOffset => Backward ? -((Taps - 1) * Dilation / Phases) : -Padding;

    /// <summary>The largest offset of any tap.</summary>
    public readonly int MaxOffset => Backward ? 0 : ((Taps - 1) * Dilation) - Padding;

    /// <summary>From input to output.</summary>
    public static ConvolutionAxis Forward(int source, int destination, int taps, int dilation, int stride, int padding) => new()
    {
        Source = source,
        Destination = destination,
        Taps = taps,
        Dilation = dilation,
        Step = stride,
        Phases = 1,
        Padding = padding,
    };

    /// <summary>From the gradient of the output to that of the input.</summary>
    /// <param name="source">Extent of the output of the convolution.</param>
    /// <param name="destination">Extent of its input, or of its padded input.</param>
    /// <param name="taps">Filter extent.</param>
    /// <param name="dilation">Distance between taps.</param>
    /// <param name="stride">Stride of the convolution.</param>
    /// <param name="shift">Padding that lies before destination 0; 0 when the destination is the padded input.</param>
    public static ConvolutionAxis ByInput(int source, int destination, int taps, int dilation, int stride, int shift) => new()
    {
        Source = source,
        Destination = destination,
        Taps = taps,
        Dilation = dilation,
        Step = 1,
        Phases = stride,
        Shift = shift,
        Backward = true,
    };

    /// <summary>Whether a tap meets a phase.</summary>
    public readonly bool Meets(int tap, int phase) => !Backward || (phase - (tap * Dilation)) % Phases == 0;

    /// <summary>The offset that a tap reads, counted from the source position of the grid.</summary>
    public readonly int Offset(int tap, int phase) => Backward ? (phase - (tap * Dilation)) / Phases : (tap * Dilation) - Padding;

    /// <summary>The tap in the order of rising offsets.</summary>
    public readonly int Ordered(int i) => Backward ? Taps - 1 - i : i;

    /// <summary>The first grid position of a phase whose destination is not before the given one.</summary>
    public readonly int Begin(int phase, int destination) => (destination + Shift - phase + Phases - 1) / Phases;

    /// <summary>The destination of a grid position.</summary>
    public readonly int DestinationOf(int j, int phase) => (j * Phases) + phase - Shift;

    /// <summary>The first source position that destinations from <paramref name="begin"/> on read.</summary>
    public readonly int Low(int begin) => ((begin + Shift) / Phases * Step) + MinOffset;

    /// <summary>The source position after the last that destinations before <paramref name="end"/> read.</summary>
    public readonly int High(int end) => ((((end + Shift + Phases - 1) / Phases) - 1) * Step) + MaxOffset + 1;
}
