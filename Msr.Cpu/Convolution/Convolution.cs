using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Convolution.Narrow;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution;

/// <summary>Convolution forward and by its input, by the method that <see cref="ConvolutionMethods"/> chooses.</summary>
internal static unsafe class Convolution<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of the filters of an op in the order in which its kernel reads them.</summary>
    /// <param name="context">Whether to transform.</param>
    /// <param name="op">A forward convolution or a gradient by the input.</param>
    public static long PreparedLength(KernelContext context, ConvolutionOp<T> op)
    {
        (ConvolutionTask<S, V, T> task, ConvolutionMethod method) = TaskOf(context, op);
        return method switch
        {
            ConvolutionMethod.Winograd => WinogradConvolution<S, V, T>.PreparedLength(task.Pass),
            ConvolutionMethod.Narrow => NarrowGradient<S, V, T>.PreparedLength(task.Pass),
            _ => DirectConvolution<S, V, T>.PreparedLength(task.Pass),
        };
    }

    /// <summary>Brings the filters of an op into that order.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="op">A forward convolution or a gradient by the input.</param>
    /// <param name="prepared">Room for <see cref="PreparedLength"/> elements.</param>
    public static void Prepare(KernelContext context, ConvolutionOp<T> op, T* prepared)
    {
        (ConvolutionTask<S, V, T> task, ConvolutionMethod method) = TaskOf(context, op);
        switch (method)
        {
            case ConvolutionMethod.Winograd:
                Prepare<WinogradConvolution<S, V, T>>(context, task, prepared);
                break;
            case ConvolutionMethod.Narrow:
                Prepare<NarrowGradient<S, V, T>>(context, task, prepared);
                break;
            default:
                Prepare<DirectConvolution<S, V, T>>(context, task, prepared);
                break;
        }
    }

    /// <summary>Runs an op.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="op">A forward convolution or a gradient by the input.</param>
    /// <param name="epilogue">What is done with every piece of the result.</param>
    /// <param name="prepared">Its filters as <see cref="Prepare(KernelContext, ConvolutionOp{T}, T*)"/> left them; null to prepare them now.</param>
    public static void Run(KernelContext context, ConvolutionOp<T> op, Epilogue<S, V, T> epilogue, T* prepared)
    {
        (ConvolutionTask<S, V, T> task, ConvolutionMethod method) = TaskOf(context, op);
        task.Epilogue = epilogue;
        switch (method)
        {
            case ConvolutionMethod.Winograd:
                Run<WinogradConvolution<S, V, T>>(context, task, prepared);
                break;
            case ConvolutionMethod.Narrow:
                Run<NarrowGradient<S, V, T>>(context, task, prepared);
                break;
            default:
                Run<DirectConvolution<S, V, T>>(context, task, prepared);
                break;
        }
    }

    private static void Prepare<TKernel>(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared)
        where TKernel : struct, IConvolutionKernel<S, V, T> =>
        TKernel.Prepare(context, task, context.Shared.Reserve<byte>(TKernel.WorkBytes(task.Pass)), prepared);

    private static void Run<TKernel>(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared)
        where TKernel : struct, IConvolutionKernel<S, V, T>
    {
        long work = TKernel.WorkBytes(task.Pass), own = prepared is null ? TKernel.PreparedLength(task.Pass) : 0;
        byte* memory = context.Shared.Reserve<byte>(work + (own * sizeof(T)));
        if (prepared is null)
        {
            prepared = (T*)(memory + work);
            TKernel.Prepare(context, task, memory, prepared);
        }

        TKernel.Run(context, task, memory, prepared);
    }

    private static (ConvolutionTask<S, V, T> Task, ConvolutionMethod Method) TaskOf(KernelContext context, ConvolutionOp<T> op)
    {
        ConvGeometry g = op.Geometry;
        PaddingFold<S, V, T> fold = op.Direction == ConvDirection.BackwardData ? PaddingFold<S, V, T>.Of(g) : default;
        ConvolutionTask<S, V, T> task = new()
        {
            Pass = op.Direction == ConvDirection.BackwardData
                ? ConvolutionPass<T>.ByInput(g, op.Samples, HostMemory<T>.PointerTo(op.Outputs), fold.Active)
                : ConvolutionPass<T>.Forward(g, op.Samples, HostMemory<T>.PointerTo(op.Images)),
            W = HostMemory<T>.PointerTo(op.Filters),
            Destination = HostMemory<T>.PointerTo(op.Result),
            Accumulate = op.Accumulate,
            Fold = fold,
        };
        return (task, ConvolutionMethods.Of(g, op.Direction, context.Winograd));
    }
}
