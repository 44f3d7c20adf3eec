using Msr.Cuda.Emulation.Driver;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>What a cuDNN handle stands for.</summary>
/// <param name="context">The context it was made in.</param>
internal sealed class EmulatedCudnn(PrimaryContext context) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "cuDNN";

    /// <summary>The context it was made in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The handle of its stream; 0 for the default stream.</summary>
    public nint Stream { get; set; }

    /// <summary>The live one of a handle, in the current context.</summary>
    /// <param name="driver">The driver below.</param>
    /// <param name="handle">The handle.</param>
    public static EmulatedCudnn Of(EmulatedDriver driver, nint handle)
    {
        EmulatedCudnn found = driver.Handles.Get<EmulatedCudnn>(handle, CudnnStatus.BadParam, isDriverStatus: false);
        return found.Context == driver.Context() ? found : throw CallFailedException.LibraryFault(
            CudnnStatus.BadParam, "The cuDNN handle belongs to a context that is not current on this thread.");
    }
}
