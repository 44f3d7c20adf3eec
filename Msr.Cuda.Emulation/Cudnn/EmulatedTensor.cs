using Msr.Core.Numerics;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The shape of a tensor, and whether it is one that the emulation computes with: float32, channels last, without gaps.</summary>
internal sealed class EmulatedTensor : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "tensor descriptor";

    /// <summary>[N, H, W, C]; null before it is set.</summary>
    public Shape? Shape { get; set; }

    /// <summary>Why the emulation cannot compute with it; null where it can.</summary>
    public string? Unsupported { get; set; }
}
