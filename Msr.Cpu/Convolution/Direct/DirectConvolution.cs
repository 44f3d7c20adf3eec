using System.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>
/// Convolutions, forward and by the input, as their definition has them: every output is one chain of multiply-adds along its taps. Bands of rows are
/// dealt to threads; which bands there are does not matter to any result.
/// </summary>
internal readonly unsafe struct DirectConvolution<S, V, T> : IConvolutionKernel<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Somewhat more than a first-level cache: whole small planes, so that fewer bands end within a register tile.
    private const int BandBytes = 48 * 1024;

    /// <inheritdoc/>
    public static long WorkBytes(in ConvolutionPass<T> pass) => DirectLayout<T>.LayoutBytes(pass);

    /// <inheritdoc/>
    public static long PreparedLength(in ConvolutionPass<T> pass) =>
        (long)pass.Taps * pass.GroupSource * TapPass<S, V, T>.PaddedChannels(pass.GroupDestination) * pass.Groups;

    /// <inheritdoc/>
    public static void Prepare(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared) =>
        FilterPack<S, V, T>.Run(context, LayoutOf(context, task, work), task.W, prepared);

    /// <inheritdoc/>
    public static void Run(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared)
    {
        ConvolutionPass<T> pass = task.Pass;
        Job job = new()
        {
            Layout = LayoutOf(context, task, work),
            Filters = prepared,
            Destination = task.Destination,
            Accumulate = task.Accumulate,
            Fold = task.Fold,
            Epilogue = task.Epilogue,
        };
        long outputs = (long)pass.Samples * pass.Rows.Destination * pass.Columns.Destination * pass.DestinationChannels;
        long steps = (long)pass.Taps * pass.GroupSource / (pass.Rows.Phases * pass.Columns.Phases);
        context.For(pass.Samples * job.Layout.Bands, ref job, outputs * steps / KernelContext.ProductsPerElement);
    }

    private static DirectLayout<T> LayoutOf(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work)
    {
        DirectLayout<T> layout = new() { Pass = task.Pass };
        layout.Cut(context.Pieces, BandBytes);
        if (task.Fold.Active)
        {
            layout.BandRows = layout.Pass.Rows.Destination;
        }

        layout.Lay(work, TapPass<S, V, T>.PaddedChannels(layout.Pass.GroupDestination));
        return layout;
    }

    /// <summary>Computes bands.</summary>
    private struct Job : IJob
    {
        public DirectLayout<T> Layout;
        public T* Filters;
        public T* Destination;
        public bool Accumulate;

        /// <summary>Not empty where the destination is the padded input, which <see cref="PaddingFold{S, V, T}"/> then adds up into the input.</summary>
        public PaddingFold<S, V, T> Fold;

        /// <summary>The epilogue of a band.</summary>
        public Epilogue<S, V, T> Epilogue;

        public void Run(int index, Worker worker)
        {
            int sample = index / Layout.Bands;
            int begin = index % Layout.Bands * Layout.BandRows;
            int end = Math.Min(begin + Layout.BandRows, Layout.Pass.Rows.Destination);
            nint plane = (nint)Layout.Pass.Rows.Destination * Layout.Pass.Columns.Destination * Layout.Pass.DestinationChannels;
            T* memory = worker.Scratch.Reserve<T>(Layout.BandLength + (Fold.Active ? plane : 0));
            T* source = Layout.Band(sample, begin, end, memory);
            if (Fold.Active)
            {
                T* padded = memory + Layout.BandLength;
                Convolve(source, padded, begin, end, accumulate: false);
                Fold.Run(padded, Destination, sample, Accumulate);
                nint folded = (nint)Fold.H * Fold.W * Fold.Channels;
                Epilogue.Run(sample * folded, (sample + 1) * folded);
            }
            else
            {
                Convolve(source, Destination + (sample * plane), begin, end, Accumulate);
                nint line = plane / Layout.Pass.Rows.Destination;
                Epilogue.Run((sample * plane) + (begin * line), (sample * plane) + (end * line));
            }
        }

        private readonly void Convolve(T* source, T* destination, int begin, int end, bool accumulate)
        {
            for (int group = 0; group < Layout.Pass.Groups; group++)
            {
                for (int f = 0; f < Layout.PhaseCount; f++)
                {
                    TapGrid<T> grid = Grid(Layout.Phases[f], group, source, destination, begin, end);
                    grid.Accumulate = accumulate;
                    TapPass<S, V, T>.Run(grid);
                }
            }
        }

        private readonly TapGrid<T> Grid(in TapPhase phase, int group, T* source, T* destination, int begin, int end)
        {
            ConvolutionAxis rows = Layout.Pass.Rows, columns = Layout.Pass.Columns;
            int row = rows.Begin(phase.Row, begin), column = columns.Begin(phase.Column, 0);
            nint pixel = Layout.Pass.DestinationChannels, line = columns.Destination * pixel;
            int padded = TapPass<S, V, T>.PaddedChannels(Layout.Pass.GroupDestination);
            return new TapGrid<T>
            {
                Source = source + (row * rows.Step * Layout.RowPitch) + ((nint)column * columns.Step * Layout.Pass.SourceChannels)
                    + ((nint)group * Layout.Pass.GroupSource),
                SourceRowPitch = rows.Step * Layout.RowPitch,
                SourceColumnPitch = (nint)columns.Step * Layout.Pass.SourceChannels,
                Destination = destination + (rows.DestinationOf(row, phase.Row) * line) + (columns.DestinationOf(column, phase.Column) * pixel)
                    + ((nint)group * Layout.Pass.GroupDestination),
                DestinationRowPitch = rows.Phases * line,
                DestinationColumnPitch = columns.Phases * pixel,
                Rows = rows.Begin(phase.Row, end) - row,
                Columns = columns.Begin(phase.Column, columns.Destination) - column,
                Runs = Layout.Runs + phase.FirstRun,
                RunCount = phase.RunCount,
                Steps = phase.Steps,
                Filters = Filters + phase.Filters + ((nint)phase.Steps * group * padded),
                Channels = Layout.Pass.GroupDestination,
            };
        }
    }
}
