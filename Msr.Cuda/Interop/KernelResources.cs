namespace Msr.Cuda.Interop;

/// <summary>What the driver's compiler made of a kernel.</summary>
/// <param name="MaxThreads">The most threads of a block.</param>
/// <param name="SharedBytes">The static shared memory of a block.</param>
/// <param name="LocalBytes">The local memory of a thread: above 0 where registers were spilled.</param>
/// <param name="Registers">The registers of a thread.</param>
internal readonly record struct KernelResources(int MaxThreads, int SharedBytes, int LocalBytes, int Registers);
