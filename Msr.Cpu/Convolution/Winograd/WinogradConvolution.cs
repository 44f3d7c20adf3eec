using System.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>Convolutions of 3×3 taps at stride 1, forward and by the input, by F(4×4, 3×3): 36 products where the definition has 144.</summary>
internal readonly unsafe struct WinogradConvolution<S, V, T> : IConvolutionKernel<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static long WorkBytes(in ConvolutionPass<T> pass) => 0;

    /// <inheritdoc/>
    public static long PreparedLength(in ConvolutionPass<T> pass) => WinogradFilters<S, V, T>.Length(pass);

    /// <inheritdoc/>
    public static void Prepare(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared) =>
        WinogradFilters<S, V, T>.Run(context, task.Pass, task.W, prepared);

    /// <inheritdoc/>
    public static void Run(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared)
    {
        ConvolutionPass<T> pass = task.Pass;
        int channels = pass.SourceChannels, outputs = pass.DestinationChannels;
        ConvolutionAxis rows = pass.Rows, columns = pass.Columns;
        Job job = new()
        {
            Grid = WinogradGrid.Of(
                pass.Samples, rows.Destination, columns.Destination, channels + outputs, WinogradProduct<S, V, T>.Tiles, context.Pieces),
            Source = new WinogradPlane<T>
            {
                Data = pass.Source,
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
            Filters = prepared,
            FilterPitch = WinogradFilters<S, V, T>.Pitch(pass),
            Accumulate = task.Accumulate,
            Epilogue = task.Epilogue,
        };
        RegisterEpilogue fused = task.Epilogue.InRegisters(task.Destination, out job.Other, out job.Rest);
        job.Fused = task.Accumulate && fused != RegisterEpilogue.Gated ? RegisterEpilogue.None : fused;
        long products = (long)job.Grid.Tiles * WinogradTransform<S, V, T>.Points * channels * outputs;
        context.For(job.Grid.Blocks, ref job, products / KernelContext.ProductsPerElement);
    }

    /// <summary>Computes blocks of tiles. Which blocks there are does not matter to any result.</summary>
    private struct Job : IJob
    {
        public WinogradGrid Grid;
        public WinogradPlane<T> Source;
        public WinogradPlane<T> Destination;

        /// <summary>Factors of the filters: [point][panel][channels][lanes].</summary>
        public T* Filters;
        public nint FilterPitch;
        public bool Accumulate;

        /// <summary>The epilogue of a tile.</summary>
        public Epilogue<S, V, T> Epilogue;

        /// <summary>The part of it that is done in registers, what that reads beside the result, and what is left to do.</summary>
        public RegisterEpilogue Fused;
        public T* Other;
        public Epilogue<S, V, T> Rest;

        public readonly void Run(int index, Worker worker)
        {
            int first = index * Grid.Block, tiles = Math.Min(Grid.Block, Grid.Tiles - first);
            nint vPitch = Grid.Pitch(Source.Channels), mPitch = Grid.Pitch(Destination.Channels);
            T* v = worker.Scratch.Reserve<T>((WinogradTransform<S, V, T>.Points * (vPitch + mPitch)) + Destination.TileLength);
            T* m = v + (WinogradTransform<S, V, T>.Points * vPitch);
            T* stage = m + (WinogradTransform<S, V, T>.Points * mPitch);
            WinogradInput<S, V, T>.Run(Grid, Source, first, tiles, v, vPitch);

            for (int point = 0; point < WinogradTransform<S, V, T>.Points; point++)
            {
                WinogradProduct<S, V, T>.Run(
                    v + (point * vPitch), Source.Channels, Filters + (point * FilterPitch), m + (point * mPitch), Destination.Channels, tiles);
            }

            for (int t = 0; t < tiles; t++)
            {
                WriteTile(first + t, m + ((nint)t * Destination.Channels), mPitch, stage);
            }
        }

        private readonly void WriteTile(int tile, T* m, nint pitch, T* stage)
        {
            (int sample, int row, int column) = Grid.Locate(tile, 0, 0);
            int channels = Destination.Channels;
            if (Destination.Contains(row, column))
            {
                T* y = Destination.At(sample, row, column);
                if (Fused != RegisterEpilogue.None)
                {
                    WriteFinished(m, pitch, y, Other + (y - Destination.Data));
                    RunEpilogue(Rest, sample, row, column);
                    return;
                }

                Write(m, pitch, y, Destination.RowPitch);
            }
            else
            {
                if (Accumulate)
                {
                    Destination.Read(sample, row, column, stage);
                }

                Write(m, pitch, stage, Destination.Extent * channels);
                Destination.Write(sample, row, column, stage);
            }

            RunEpilogue(Epilogue, sample, row, column);
        }

        private readonly void Write(T* m, nint pitch, T* y, nint row)
        {
            int channels = Destination.Channels;
            if (Accumulate)
            {
                WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.Added>(m, pitch, y, y, row, channels, channels);
            }
            else
            {
                WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.Stored>(m, pitch, y, y, row, channels, channels);
            }
        }

        private readonly void WriteFinished(T* m, nint pitch, T* y, T* other)
        {
            int channels = Destination.Channels;
            nint row = Destination.RowPitch;
            switch (Fused)
            {
                case RegisterEpilogue.Relu:
                    WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.Relu>(m, pitch, y, y, row, channels, channels);
                    break;
                case RegisterEpilogue.ReluOfSum:
                    WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.ReluOfSum>(m, pitch, y, other, row, channels, channels);
                    break;
                default:
                    WriteGated(m, pitch, y, other);
                    break;
            }
        }

        private readonly void WriteGated(T* m, nint pitch, T* y, T* other)
        {
            int channels = Destination.Channels;
            if (Accumulate)
            {
                WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.GatedSum>(m, pitch, y, other, Destination.RowPitch, channels, channels);
            }
            else
            {
                WinogradTransform<S, V, T>.Output<RegisterEpilogues<S, V, T>.Gated>(m, pitch, y, other, Destination.RowPitch, channels, channels);
            }
        }

        private readonly void RunEpilogue(in Epilogue<S, V, T> epilogue, int sample, int row, int column)
        {
            if (epilogue.IsEmpty)
            {
                return;
            }

            nint columns = Math.Min(Destination.Extent, Destination.Columns - column) * Destination.Channels;
            for (int i = row; i < Math.Min(row + Destination.Extent, Destination.Rows); i++)
            {
                nint begin = (nint)(Destination.At(sample, i, column) - Destination.Data);
                epilogue.Run(begin, begin + columns);
            }
        }
    }
}
