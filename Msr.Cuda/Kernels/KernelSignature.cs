namespace Msr.Cuda.Kernels;

/// <summary>A kernel as the PTX text declares it.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Name">Its name in the PTX text.</param>
/// <param name="Parameters">
/// Its parameters in order: <c>p</c> for eight bytes, a pointer or a long integer; <c>u</c> for an integer of four; <c>f</c> for a float; a struct
/// by value as its size in bytes in braces, <c>{48}</c>.
/// </param>
internal readonly record struct KernelSignature(Kernel Kernel, string Name, string Parameters);
