using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Winograd;

namespace Msr.Cpu.Kernels;

/// <summary>Convolution forward and by its input: both gather along taps.</summary>
internal static unsafe class Convolution<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = x ∗ w.</summary>
    public static void Forward(KernelContext context, ConvForward<T> op)
    {
        TapConvolution<T> convolution = Forward(op.Geometry, op.X.Shape[0], HostMemory<T>.PointerTo(op.X));
        bool winograd = context.Transforms(op.Geometry);
        Run(context, convolution, HostMemory<T>.PointerTo(op.W), HostMemory<T>.PointerTo(op.Y), op.Accumulate, default, winograd);
    }

    /// <summary>dx = Aᵀ dy.</summary>
    public static void BackwardData(KernelContext context, ConvBackwardData<T> op)
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
        TapConvolution<T> convolution = new()
        {
            Rows = TapAxis.BackwardOf(g.P, fold ? folding.PaddedH : g.H, g.R, g.DilationH, StrideH(g), fold ? 0 : pad.Top),
            Columns = TapAxis.BackwardOf(g.Q, fold ? folding.PaddedW : g.W, g.S, g.DilationW, StrideW(g), fold ? 0 : pad.Left),
            Samples = op.Dy.Shape[0],
            SourceChannels = g.K,
            DestinationChannels = g.C,
            Groups = g.Groups,
            Source = HostMemory<T>.PointerTo(op.Dy),
        };
        Run(context, convolution, HostMemory<T>.PointerTo(op.W), HostMemory<T>.PointerTo(op.Dx), op.Accumulate, folding, context.Transforms(g));
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

    private static void Run(
        KernelContext context, TapConvolution<T> convolution, T* w, T* destination, bool accumulate, in PaddingFold<S, V, T> fold, bool winograd)
    {
        convolution.Prepare(2 * context.Pool.Threads);
        if (fold.Active)
        {
            convolution.BandRows = convolution.Rows.Destination;
        }

        int padded = TapPass<S, V, T>.PaddedChannels(convolution.GroupDestination);
        nint filters = (nint)convolution.Rows.Taps * convolution.Columns.Taps * convolution.GroupSource * padded * convolution.Groups;
        nint factors = winograd ? 4 * filters : 0;
        byte* memory = context.Shared.Reserve<byte>(convolution.LayoutBytes + ((filters + factors) * sizeof(T)));
        T* packed = (T*)(memory + convolution.LayoutBytes);
        convolution.Lay(memory, padded);
        FilterPack<S, V, T>.Run(context, convolution, w, packed);
        if (winograd)
        {
            WinogradConvolution<S, V, T>.Run(context, convolution, packed, packed + filters, destination, accumulate);
            return;
        }

        GatherJob<S, V, T> job = new()
        {
            Convolution = convolution,
            Filters = packed,
            Destination = destination,
            Accumulate = accumulate,
            Fold = fold,
        };
        long outputs = (long)convolution.Samples * convolution.Rows.Destination * convolution.Columns.Destination * convolution.DestinationChannels;
        long steps = (long)convolution.Rows.Taps * convolution.Columns.Taps * convolution.GroupSource / (convolution.Rows.Phases * convolution.Columns.Phases);
        context.For(convolution.Samples * convolution.Bands, ref job, outputs * steps / KernelContext.ProductsPerElement);
    }
}
