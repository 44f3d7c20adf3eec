using System.Runtime.CompilerServices;
using Msr.Core.Memory;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Kernels;

/// <summary>A kernel of the loaded module.</summary>
/// <param name="Function">The driver's function.</param>
/// <param name="Parameters">
/// Its parameters in order: <c>p</c> for eight bytes, a pointer or a long integer; <c>u</c> for an integer of four; <c>f</c> for a float; a struct
/// by value as its size in bytes in braces, <c>{48}</c>.
/// </param>
internal readonly record struct Kernel(CudaFunction Function, string Parameters);

/// <summary>
/// Finds the kernels of native/kernels.cu and launches them on a stream. Blocks have 256 threads; grids follow from sizes alone, never from the device.
/// A class that launches a kernel declares it once, by <see cref="Find"/>.
/// </summary>
/// <param name="module">The loaded native/kernels.ptx, which must outlive the launcher.</param>
/// <param name="stream">The stream that everything runs on, in order.</param>
internal sealed class KernelLauncher(CudaModule module, CudaStream stream)
{
    private readonly List<Kernel> _kernels = [];

    /// <summary>Threads of a block.</summary>
    public const uint Threads = 256;

    /// <summary>Warps of a block.</summary>
    public const uint Warps = 8;

    /// <summary>The most blocks of a grid-stride loop: as many as any device runs at once.</summary>
    public const uint MaxBlocks = 4096;

    /// <summary>Every kernel that was declared.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>Declares a kernel.</summary>
    /// <param name="name">Its name in the PTX text.</param>
    /// <param name="parameters">Its parameters, as <see cref="Kernel.Parameters"/> writes them.</param>
    /// <exception cref="CudaException">The module has no such kernel: its PTX does not belong to this assembly.</exception>
    public Kernel Find(string name, string parameters)
    {
        Kernel kernel = new(module.Function(name), parameters);
        _kernels.Add(kernel);
        return kernel;
    }

    /// <summary>The number of elements of a tensor as kernels count them.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="NotSupportedException">It has 2³¹ elements or more.</exception>
    public static uint Count<E>(TensorRef<E> tensor)
        where E : unmanaged => Count(tensor.Length);

    /// <summary>A number of elements as kernels count them.</summary>
    /// <param name="elements">The number.</param>
    /// <exception cref="NotSupportedException">It is 2³¹ or more.</exception>
    public static uint Count(long elements) => elements <= int.MaxValue
        ? (uint)elements
        : throw new NotSupportedException($"A tensor has {elements} elements; CUDA kernels take fewer than 2^31: use a smaller batch.");

    /// <summary>⌈count/size⌉.</summary>
    /// <param name="count">The dividend.</param>
    /// <param name="size">The divisor, above 0.</param>
    public static uint CeilingDivide(uint count, uint size) => (uint)(((ulong)count + size - 1) / size);

    /// <summary>The number of quads of four elements; the last may be partial.</summary>
    /// <param name="elements">The number of elements.</param>
    public static uint Quads(int elements) => CeilingDivide((uint)elements, 4);

    /// <summary>Blocks for a loop over items, a thread each.</summary>
    /// <param name="items">The number of items.</param>
    public static uint BlocksFor(uint items) => Math.Min(CeilingDivide(items, Threads), MaxBlocks);

    /// <summary>Blocks for a loop over items, a warp each.</summary>
    /// <param name="items">The number of items.</param>
    public static uint BlocksOfWarpsFor(uint items) => Math.Min(CeilingDivide(items, Warps), MaxBlocks);

    /// <summary>Launches a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="arguments">All of its parameters.</param>
    /// <exception cref="CudaException">The driver refused.</exception>
    [OverloadResolutionPriority(1)]
    public void Run(Kernel kernel, uint blocks, params ReadOnlySpan<KernelArgument> arguments) =>
        stream.Launch(kernel.Function, blocks, 1, Threads, arguments);

    /// <summary>Launches a kernel whose first parameter is a geometry.</summary>
    /// <typeparam name="TShape">The geometry, integers only.</typeparam>
    /// <param name="kernel">The kernel.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="rest">The other parameters.</param>
    /// <exception cref="CudaException">The driver refused.</exception>
    public void Run<TShape>(Kernel kernel, uint blocks, in TShape shape, params ReadOnlySpan<KernelArgument> rest)
        where TShape : unmanaged => stream.Launch(kernel.Function, blocks, 1, Threads, in shape, rest);
}
