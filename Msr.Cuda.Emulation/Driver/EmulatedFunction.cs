using Msr.Cuda.Emulation.Ptx;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>A kernel of a loaded module.</summary>
/// <param name="module">The module.</param>
/// <param name="kernel">The kernel.</param>
internal sealed class EmulatedFunction(EmulatedModule module, PtxKernel kernel) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "function";

    /// <summary>The module.</summary>
    public EmulatedModule Module { get; } = module;

    /// <summary>The kernel.</summary>
    public PtxKernel Kernel { get; } = kernel;
}
