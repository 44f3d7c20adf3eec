using Msr.Core.Numerics;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The shape of filters, and whether they are ones that the emulation computes with: float32, channels last.</summary>
internal sealed class EmulatedFilter : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "filter descriptor";

    /// <summary>[K, R, S, C/G]; null before it is set.</summary>
    public Shape? Shape { get; set; }

    /// <summary>Why the emulation cannot compute with them; null where it can.</summary>
    public string? Unsupported { get; set; }
}
