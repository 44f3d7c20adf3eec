using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Convolution.Narrow;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution;

/// <summary>Convolution forward and by its input: both gather along taps.</summary>
internal static unsafe class Convolution<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = x ∗ w.</summary>
    public static ConvolutionTask<S, V, T> Forward(KernelContext context, ConvForward<T> op) => new()
    {
        Gather = Forward(op.Geometry, op.X.Shape[0], HostMemory<T>.PointerTo(op.X)),
        W = HostMemory<T>.PointerTo(op.W),
        Destination = HostMemory<T>.PointerTo(op.Y),
        Accumulate = op.Accumulate,
        Method = context.Transforms(op.Geometry) ? ConvolutionMethod.Winograd : ConvolutionMethod.Taps,
    };

    /// <summary>dx = Aᵀ dy.</summary>
    public static ConvolutionTask<S, V, T> BackwardData(KernelContext context, ConvBackwardData<T> op)
    {
        ConvGeometry g = op.Geometry;
        Border pad = g.Padding;
        bool fold = g.Mode != PaddingMode.Zero && pad != default;
        PaddingFold<S, V, T> folding = new()
        {
            Active = fold,
            Mode = g.Mode,
            H = g.H,
            W = g.W,
            Channels = g.C,
            PaddedH = g.PaddedH,
            PaddedW = g.PaddedW,
            Top = pad.Top,
            Left = pad.Left,
        };
        TapConvolution<T> gather = new()
        {
            Rows = TapAxis.BackwardOf(g.P, fold ? folding.PaddedH : g.H, g.R, g.DilationH, StrideH(g), fold ? 0 : pad.Top),
            Columns = TapAxis.BackwardOf(g.Q, fold ? folding.PaddedW : g.W, g.S, g.DilationW, StrideW(g), fold ? 0 : pad.Left),
            Samples = op.Dy.Shape[0],
            SourceChannels = g.K,
            DestinationChannels = g.C,
            Groups = g.Groups,
            Source = HostMemory<T>.PointerTo(op.Dy),
        };
        return new ConvolutionTask<S, V, T>
        {
            Gather = gather,
            W = HostMemory<T>.PointerTo(op.W),
            Destination = HostMemory<T>.PointerTo(op.Dx),
            Accumulate = op.Accumulate,
            Fold = folding,
            Method = context.Transforms(g) ? ConvolutionMethod.Winograd : NarrowGradient<S, V, T>.Applies(g) ? ConvolutionMethod.Products : ConvolutionMethod.Taps,
        };
    }

    /// <summary>The forward gather of a geometry.</summary>
    public static TapConvolution<T> Forward(ConvGeometry g, int samples, T* x) => new()
    {
        Rows = TapAxis.Forward(g.H, g.P, g.R, g.DilationH, StrideH(g), g.Padding.Top),
        Columns = TapAxis.Forward(g.W, g.Q, g.S, g.DilationW, StrideW(g), g.Padding.Left),
        Samples = samples,
        SourceChannels = g.C,
        DestinationChannels = g.K,
        Groups = g.Groups,
        Mode = g.Mode,
        Source = x,
    };

    // A stride beyond the padded input leaves one output, as the padded extent does: steps and phases need not be larger.
    private static int StrideH(ConvGeometry g) => Math.Min(g.StrideH, g.PaddedH);

    private static int StrideW(ConvGeometry g) => Math.Min(g.StrideW, g.PaddedW);

    /// <summary>Brings filters into the order in which <see cref="Run"/> reads them.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution.</param>
    /// <param name="prepared">Room for <see cref="ConvolutionTask{S, V, T}.PreparedLength"/> elements.</param>
    public static void Prepare(KernelContext context, ConvolutionTask<S, V, T> task, T* prepared)
    {
        task.Lay(context.Shared.Reserve<byte>(task.Gather.LayoutBytes), context.Pieces);
        PrepareFilters(context, task, prepared);
    }

    /// <summary>Runs a convolution.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution.</param>
    /// <param name="prepared">Its filters as <see cref="Prepare(KernelContext, ConvolutionTask{S, V, T}, T*)"/> left them; null to prepare them now.</param>
    public static void Run(KernelContext context, ConvolutionTask<S, V, T> task, T* prepared)
    {
        long own = prepared is null ? task.PreparedLength : 0;
        byte* memory = context.Shared.Reserve<byte>(task.Gather.LayoutBytes + (own * sizeof(T)));
        task.Lay(memory, context.Pieces);
        if (prepared is null)
        {
            prepared = (T*)(memory + task.Gather.LayoutBytes);
            PrepareFilters(context, task, prepared);
        }

        Compute(context, task, prepared);
    }

    private static void PrepareFilters(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared)
    {
        switch (task.Method)
        {
            case ConvolutionMethod.Winograd:
                WinogradFilters<S, V, T>.Run(context, task.Gather, task.W, prepared);
                break;
            case ConvolutionMethod.Products:
                NarrowGradient<S, V, T>.Prepare(task.Gather, task.W, prepared);
                break;
            default:
                FilterPack<S, V, T>.Run(context, task.Gather, task.W, prepared);
                break;
        }
    }

    private static void Compute(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared)
    {
        switch (task.Method)
        {
            case ConvolutionMethod.Winograd:
                WinogradConvolution<S, V, T>.Run(context, task, prepared);
                break;
            case ConvolutionMethod.Products:
                NarrowGradient<S, V, T>.Run(context, task, prepared, task.Gather.Runs);
                break;
            default:
                Gather(context, task, prepared);
                break;
        }
    }

    private static void Gather(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared)
    {
        TapConvolution<T> gather = task.Gather;
        GatherJob<S, V, T> job = new()
        {
            Convolution = gather,
            Filters = prepared,
            Destination = task.Destination,
            Accumulate = task.Accumulate,
            Fold = task.Fold,
            Tail = task.Tail,
        };
        long outputs = (long)gather.Samples * gather.Rows.Destination * gather.Columns.Destination * gather.DestinationChannels;
        long steps = (long)gather.Rows.Taps * gather.Columns.Taps * gather.GroupSource / (gather.Rows.Phases * gather.Columns.Phases);
        context.For(gather.Samples * gather.Bands, ref job, outputs * steps / KernelContext.ProductsPerElement);
    }
}
