namespace Msr.Cuda.Interop;

/// <summary>The file names of the libraries on one system, best first.</summary>
/// <param name="Drivers">The driver's: bare names, and paths that are tried as they are.</param>
/// <param name="Cublas">cuBLAS's, each with the library that it needs loaded first.</param>
/// <param name="Cudnn">cuDNN's.</param>
internal sealed record LibraryNames(string[] Drivers, (string Needed, string Name)[] Cublas, string[] Cudnn);
