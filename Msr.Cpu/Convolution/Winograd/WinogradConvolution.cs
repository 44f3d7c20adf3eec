using System.Numerics;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>Convolutions of 3×3 taps at stride 1 by F(4×4, 3×3): 36 products where the definition has 144.</summary>
internal static unsafe class WinogradConvolution<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Runs a convolution.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution, forward or by its input.</param>
    /// <param name="factors">Its transformed filters.</param>
    public static void Run(KernelContext context, in ConvolutionTask<S, V, T> task, T* factors)
    {
        TapConvolution<T> convolution = task.Gather;
        int channels = convolution.SourceChannels, outputs = convolution.DestinationChannels;
        TapAxis rows = convolution.Rows, columns = convolution.Columns;
        WinogradJob<S, V, T> job = new()
        {
            Grid = WinogradGrid.Of(
                convolution.Samples, rows.Destination, columns.Destination, channels + outputs, WinogradProduct<S, V, T>.Tiles, context.Pieces),
            Source = new WinogradPlane<T>
            {
                Data = convolution.Source,
                Rows = rows.Source,
                Columns = columns.Source,
                Channels = channels,
                Row = rows.Low(0),
                Column = columns.Low(0),
                Extent = WinogradGrid.Tile + 2,
            },
            Destination = new WinogradPlane<T>
            {
                Data = task.Destination,
                Rows = rows.Destination,
                Columns = columns.Destination,
                Channels = outputs,
                Extent = WinogradGrid.Tile,
            },
            Filters = factors,
            FilterPitch = WinogradFilters<S, V, T>.Pitch(convolution),
            Accumulate = task.Accumulate,
            Tail = task.Tail,
        };
        FinishKind finish = task.Tail.FinishOf(task.Destination, out job.Other, out job.Rest);
        job.Finish = task.Accumulate && finish != FinishKind.Gated ? FinishKind.None : finish;
        long products = (long)job.Grid.Tiles * WinogradTransform<S, V, T>.Points * channels * outputs;
        context.For(job.Grid.Blocks, ref job, products / KernelContext.ProductsPerElement);
    }
}
