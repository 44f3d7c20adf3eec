using System.Numerics;
using Msr.Cpu.Kernels;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Winograd;

/// <summary>Convolutions of 3×3 taps at stride 1 by F(4×4, 3×3): 36 products where the definition has 144.</summary>
internal static unsafe class WinogradConvolution<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Points = WinogradTransform<S, V, T>.Points;

    /// <summary>Elements of the transformed filters of a convolution: 36 for every 9 of them, every point at a distance of its own.</summary>
    /// <param name="convolution">The convolution.</param>
    public static nint PreparedLength(in TapConvolution<T> convolution) => Points * Pitch(convolution);

    /// <summary>Transforms filters that were packed for <see cref="TapPass{S, V, T}"/>: [panel][tap][channels][lanes], taps in the order of rising offsets.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="convolution">The convolution, forward or by its input.</param>
    /// <param name="packed">Its filters.</param>
    /// <param name="factors">Room for <see cref="PreparedLength"/> elements.</param>
    public static void Prepare(KernelContext context, in TapConvolution<T> convolution, T* packed, T* factors)
    {
        int channels = convolution.SourceChannels, outputs = convolution.DestinationChannels;
        FilterJob filters = new() { Packed = packed, Factors = factors, Channels = channels, Outputs = outputs, Pitch = Pitch(convolution) };
        context.For((outputs + (2 * S.Count) - 1) / (2 * S.Count), ref filters, (long)Points * channels * outputs);
    }

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
                convolution.Samples, rows.Destination, columns.Destination, channels + outputs, WinogradProduct<S, V, T>.Tiles, 2 * context.Pool.Threads),
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
            FilterPitch = Pitch(convolution),
            Accumulate = task.Accumulate,
            Tail = task.Tail,
        };
        FinishKind finish = task.Tail.FinishOf(task.Destination, out job.Other, out job.Rest);
        job.Finish = task.Accumulate && finish != FinishKind.Gated ? FinishKind.None : finish;
        long products = (long)job.Grid.Tiles * Points * channels * outputs;
        context.For(job.Grid.Blocks, ref job, products / KernelContext.ProductsPerElement);
    }

    private static nint Pitch(in TapConvolution<T> convolution) =>
        WinogradGrid.Distance((nint)convolution.SourceChannels * convolution.DestinationChannels);

    private struct FilterJob : IJob
    {
        public T* Packed;
        public T* Factors;
        public int Channels;
        public int Outputs;
        public nint Pitch;

        public readonly void Run(int index, Worker worker)
        {
            int first = index * 2 * S.Count;
            nint tap = (nint)Channels * TapPass<S, V, T>.PanelWidth(Outputs, first);
            WinogradTransform<S, V, T>.Filter(
                Packed + ((nint)first * 9 * Channels), tap, Factors + ((nint)first * Channels), Pitch, tap);
        }
    }
}
