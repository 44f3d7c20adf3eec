namespace Msr.Cuda.Interop;

/// <summary>What a search for the CUDA libraries found.</summary>
/// <param name="Attempts">Every name tried, in order.</param>
/// <param name="Reason">Why CUDA cannot be used, in one sentence that says what to install; empty where it can.</param>
public sealed record CudaProbeReport(IReadOnlyList<CudaProbeAttempt> Attempts, string Reason)
{
    /// <summary>The driver that was found; null for none.</summary>
    public string? Driver => Found(CudaProbe.DriverName);

    /// <summary>The cuBLAS that was found; null for none.</summary>
    public string? Cublas => Found(CudaProbe.CublasName);

    /// <summary>The cuDNN that was found; null for none, which is no fault.</summary>
    public string? Cudnn => Found(CudaProbe.CudnnName);

    private string? Found(string library) =>
        Attempts.FirstOrDefault(attempt => attempt.Loaded && attempt.Library == library)?.Name;
}
