namespace Msr.Cuda.Interop;

/// <summary>A kernel. It lives as long as its module.</summary>
/// <param name="Handle">The driver's handle.</param>
/// <param name="Name">Its name, for messages.</param>
internal readonly record struct CudaFunction(nint Handle, string Name);
