namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>How a convolution goes over its input.</summary>
internal sealed class EmulatedConvolution : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "convolution descriptor";

    /// <summary>Whether it was set.</summary>
    public bool IsSet { get; set; }

    /// <summary>Padding at both ends of each axis.</summary>
    public (int H, int W) Padding { get; set; }

    /// <summary>Strides.</summary>
    public (int H, int W) Stride { get; set; } = (1, 1);

    /// <summary>Distances between taps.</summary>
    public (int H, int W) Dilation { get; set; } = (1, 1);

    /// <summary>Groups.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>0 default, 1 tensor ops, 2 tensor ops with conversion, 3 float32 throughout. All but the last allow TF32.</summary>
    public int MathType { get; set; }

    /// <summary>Why the emulation cannot compute it; null where it can.</summary>
    public string? Unsupported { get; set; }
}
