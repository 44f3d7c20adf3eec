using Msr.Cuda.Emulation.Ptx;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>A loaded module.</summary>
/// <param name="context">The context it is loaded in.</param>
/// <param name="module">Its kernels.</param>
internal sealed class EmulatedModule(PrimaryContext context, PtxModule module) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "module";

    /// <summary>The context it is loaded in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Its kernels.</summary>
    public PtxModule Module { get; } = module;

    /// <summary>The handles of the kernels that were asked for, by name.</summary>
    public Dictionary<string, nint> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it was unloaded. Graphs may still hold its kernels, and must not run them.</summary>
    public bool IsUnloaded { get; set; }
}
