namespace Msr.Cuda.Interop;

/// <summary>Where <see cref="CudaProbe"/> looks for libraries.</summary>
public sealed record CudaProbeOptions
{
    /// <summary>A folder to look in before everywhere else; null for none.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Whether to look where the system does, in <c>CUDA_PATH</c>, the toolkit's usual folder and Python's packages as well. Without,
    /// <see cref="Folder"/> must have all.
    /// </summary>
    public bool SearchesSystem { get; init; } = true;
}
