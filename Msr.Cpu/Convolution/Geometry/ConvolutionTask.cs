using System.Numerics;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Geometry;

/// <summary>A convolution, forward or by its input, with its tensors and what is done with its result.</summary>
internal unsafe struct ConvolutionTask<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public ConvolutionPass<T> Pass;

    /// <summary>Filters, [K, R, S, C/G].</summary>
    public T* W;
    public T* Destination;
    public bool Accumulate;

    /// <summary>Active where the pass writes the padded input, which is then added up into the destination.</summary>
    public PaddingFold<S, V, T> Fold;

    /// <summary>The epilogue of every piece of the result.</summary>
    public Epilogue<S, V, T> Epilogue;
}

/// <summary>One of the ways to compute a convolution, forward or by its input.</summary>
internal unsafe interface IConvolutionKernel<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Bytes of working memory that <see cref="Prepare"/> and <see cref="Run"/> need.</summary>
    /// <param name="pass">The convolution.</param>
    static abstract long WorkBytes(in ConvolutionPass<T> pass);

    /// <summary>Elements of the filters in the order in which <see cref="Run"/> reads them.</summary>
    /// <param name="pass">The convolution.</param>
    static abstract long PreparedLength(in ConvolutionPass<T> pass);

    /// <summary>Brings the filters into the order in which <see cref="Run"/> reads them.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution.</param>
    /// <param name="work">Room for <see cref="WorkBytes"/>.</param>
    /// <param name="prepared">Room for <see cref="PreparedLength"/> elements.</param>
    static abstract void Prepare(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared);

    /// <summary>Computes the convolution.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution.</param>
    /// <param name="work">Room for <see cref="WorkBytes"/>.</param>
    /// <param name="prepared">The filters as <see cref="Prepare"/> left them.</param>
    static abstract void Run(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared);
}
