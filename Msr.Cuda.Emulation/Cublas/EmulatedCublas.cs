using Msr.Cuda.Emulation.Driver;

namespace Msr.Cuda.Emulation.Cublas;

/// <summary>What a cuBLAS handle stands for.</summary>
/// <param name="context">The context it was made in.</param>
internal sealed class EmulatedCublas(PrimaryContext context) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "cuBLAS";

    /// <summary>The context it was made in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The handle of its stream; 0 for the default stream.</summary>
    public nint Stream { get; set; }

    /// <summary>Its workspace's address; 0 for one of its own.</summary>
    public ulong Workspace { get; set; }

    /// <summary>Its workspace's size in bytes.</summary>
    public long WorkspaceBytes { get; set; }

    /// <summary>0 default, 2 pedantic, 3 TF32.</summary>
    public int MathMode { get; set; }

    /// <summary>Whether alpha and beta lie in device memory.</summary>
    public bool ScalarsOnDevice { get; set; }
}
