namespace Msr.Cuda;

/// <summary>How a <see cref="CudaBackend"/> is opened.</summary>
public sealed record CudaOptions
{
    /// <summary>The name the backend goes by.</summary>
    public string Name { get; init; } = "cuda";

    /// <summary>The ordinal of the device, from 0, in the driver's order.</summary>
    public int Device { get; init; }

    /// <summary>
    /// Whether products may round their inputs to TF32: 10 bits of mantissa. It is then declared as <see cref="Core.Backends.Accuracy.InputRounding"/>.
    /// </summary>
    public bool Tf32 { get; init; }

    /// <summary>Whether to leave cuDNN alone even where it is present: convolutions then unfold their input and multiply matrices.</summary>
    public bool WithoutCudnn { get; init; }

    /// <summary>Whether to wait after every op, so that a failure names the op that caused it, and to record no graphs.</summary>
    public bool SynchronizeEveryOp { get; init; }
}
