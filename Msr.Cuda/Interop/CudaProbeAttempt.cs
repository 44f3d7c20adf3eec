namespace Msr.Cuda.Interop;

/// <summary>One name under which <see cref="CudaProbe"/> looked for a library.</summary>
/// <param name="Library">What was looked for: <c>driver</c>, <c>cuBLAS</c> or <c>cuDNN</c>.</param>
/// <param name="Name">A path, or a bare name that was left to the system's own search.</param>
/// <param name="Loaded">Whether it was loaded.</param>
/// <param name="Problem">Why a file that exists could not be loaded; null otherwise.</param>
public sealed record CudaProbeAttempt(string Library, string Name, bool Loaded, string? Problem);
