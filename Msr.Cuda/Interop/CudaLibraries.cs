namespace Msr.Cuda.Interop;

/// <summary>The three libraries the backend calls. cuDNN may be missing: convolutions then unfold their input and multiply matrices.</summary>
/// <param name="Driver">The driver, <c>libcuda.so.1</c> or <c>nvcuda.dll</c>.</param>
/// <param name="Cublas">cuBLAS.</param>
/// <param name="Cudnn">cuDNN; null where there is none.</param>
public sealed record CudaLibraries(INativeLibrary Driver, INativeLibrary Cublas, INativeLibrary? Cudnn) : IDisposable
{
    /// <summary>Lets go of all three.</summary>
    public void Dispose()
    {
        Cudnn?.Dispose();
        Cublas.Dispose();
        Driver.Dispose();
    }
}
