using System.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Memory;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Narrow;

/// <summary>
/// Gradients by inputs of so few channels that most lanes of a vector would stay empty. All taps of a filter lie side by side, as they do in
/// memory, and fill them: a pixel of dy times [K, R·S·C], for the few rows of dy that a row of dx needs, then sums along the taps.
/// </summary>
internal readonly unsafe struct NarrowGradient<S, V, T> : IConvolutionKernel<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int LeastBandRows = 8;

    /// <inheritdoc/>
    public static long WorkBytes(in ConvolutionPass<T> pass) => ((RunCount(pass) * sizeof(TapRun)) + HostMemory<T>.Alignment - 1) & -HostMemory<T>.Alignment;

    /// <inheritdoc/>
    public static long PreparedLength(in ConvolutionPass<T> pass) => (long)pass.SourceChannels * PaddedProducts(pass);

    /// <summary>Brings filters [K, R·S·C] into panels of two vectors: [panel][k][lanes].</summary>
    public static void Prepare(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared)
    {
        ConvolutionPass<T> pass = task.Pass;
        int products = Products(pass), padded = PaddedProducts(pass);
        for (int first = 0; first < padded; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(padded, first), filled = Math.Min(width, products - first);
            for (nint k = 0; k < pass.SourceChannels; k++)
            {
                Span<T> panel = new(prepared, width);
                new ReadOnlySpan<T>(task.W + (k * products) + first, filled).CopyTo(panel);
                panel[filled..].Clear();
                prepared += width;
            }
        }
    }

    /// <inheritdoc/>
    public static void Run(KernelContext context, in ConvolutionTask<S, V, T> task, byte* work, T* prepared)
    {
        ConvolutionPass<T> pass = task.Pass;
        int rows = pass.Rows.Destination, pieces = (context.Pieces + pass.Samples - 1) / pass.Samples;
        Job job = new()
        {
            Pass = pass,
            Destination = task.Destination,
            Accumulate = task.Accumulate,
            Epilogue = task.Epilogue,
            Channels = pass.DestinationChannels,
            Products = PaddedProducts(pass),
            Ring = Math.Min(((pass.Rows.Taps - 1) * pass.Rows.Dilation) + 1, pass.Rows.Source),
            BandRows = Math.Max(LeastBandRows, (rows + pieces - 1) / pieces),
        };
        TapRun* runs = (TapRun*)work;
        LayRuns(pass.SourceChannels, runs);
        job.Line = new TapGrid<T>
        {
            SourceColumnPitch = pass.SourceChannels,
            DestinationColumnPitch = job.Products,
            Rows = 1,
            Columns = pass.Columns.Source,
            Runs = runs,
            RunCount = RunCount(pass),
            Steps = pass.SourceChannels,
            Filters = prepared,
            Channels = job.Products,
        };
        long pixels = (long)pass.Samples * pass.Rows.Source * pass.Columns.Source;
        context.For(pass.Samples * job.Bands, ref job, pixels * PreparedLength(pass) / KernelContext.ProductsPerElement);
    }

    private static int RunCount(in ConvolutionPass<T> pass) => (pass.SourceChannels + TapRun.MaxLength - 1) / TapRun.MaxLength;

    // The channels of a pixel.
    private static void LayRuns(int channels, TapRun* runs)
    {
        for (int begin = 0; begin < channels; begin += TapRun.MaxLength)
        {
            *runs++ = new TapRun(begin, Math.Min(TapRun.MaxLength, channels - begin));
        }
    }

    // The products of one pixel: all taps of all channels.
    private static int Products(in ConvolutionPass<T> pass) => pass.Taps * pass.DestinationChannels;

    private static int PaddedProducts(in ConvolutionPass<T> pass) => TapPass<S, V, T>.PaddedChannels(Products(pass));

    /// <summary>Computes bands of rows. Which bands there are does not matter to any result.</summary>
    private struct Job : IJob
    {
        public ConvolutionPass<T> Pass;
        public TapGrid<T> Line;
        public T* Destination;
        public bool Accumulate;
        public Epilogue<S, V, T> Epilogue;
        public int Channels;

        /// <summary>Products of one pixel, in whole vectors.</summary>
        public int Products;

        /// <summary>Rows of products that are kept: as many as the taps of one output span, where there are so many.</summary>
        public int Ring;
        public int BandRows;

        public readonly int Bands => (Pass.Rows.Destination + BandRows - 1) / BandRows;

        // Sums load whole vectors, beyond the last tap of the last pixel too.
        private readonly nint RingPitch => ((nint)Pass.Columns.Source * Products) + S.Count;

        public readonly void Run(int index, Worker worker)
        {
            ConvolutionAxis rows = Pass.Rows;
            int sample = index / Bands, begin = index % Bands * BandRows, end = Math.Min(begin + BandRows, rows.Destination);
            T* ring = worker.Scratch.Reserve<T>((Ring * RingPitch) + ((nint)Pass.Columns.Destination * Channels) + S.Count);
            nint line = (nint)Pass.Columns.Destination * Channels;
            int next = Math.Max(0, begin + rows.Shift - ((rows.Taps - 1) * rows.Dilation));
            for (int row = begin; row < end; row++)
            {
                for (; next < Math.Min(row + rows.Shift + 1, rows.Source); next++)
                {
                    Multiply(sample, next, ring + (next % Ring * RingPitch));
                }

                nint at = (((nint)sample * rows.Destination) + row) * line;
                Sum(row, ring, Destination + at);
                Epilogue.Run(at, at + line);
            }
        }

        private readonly void Multiply(int sample, int row, T* products)
        {
            TapGrid<T> grid = Line;
            grid.Source = Pass.Source + ((((nint)sample * Pass.Rows.Source) + row) * Pass.Columns.Source * Pass.SourceChannels);
            grid.Destination = products;
            TapPass<S, V, T>.Run(grid);
        }

        private readonly void Sum(int row, T* ring, T* destination)
        {
            (ConvolutionAxis rows, ConvolutionAxis columns) = (Pass.Rows, Pass.Columns);
            T** taps = stackalloc T*[rows.Taps];
            int count = 0;
            for (int r = 0; r < rows.Taps; r++)
            {
                int source = row + rows.Shift - (r * rows.Dilation);
                if ((uint)source < (uint)rows.Source)
                {
                    taps[count++] = ring + (source % Ring * RingPitch) + ((nint)r * columns.Taps * Channels);
                }
            }

            T* sums = ring + (Ring * RingPitch);
            SumUp(taps, count, sums);
            int length = columns.Destination * Channels;
            if (Accumulate)
            {
                RowMath<S, V, T>.Add(sums, destination, length);
            }
            else
            {
                new ReadOnlySpan<T>(sums, length).CopyTo(new Span<T>(destination, length));
            }
        }

        /// <summary>Adds up a row from rows of products that begin with their first tap.</summary>
        private readonly void SumUp(T** rows, int count, T* sums)
        {
            ConvolutionAxis columns = Pass.Columns;
            (int source, int taps, int dilation, nint channels, nint pixel) = (columns.Source, columns.Taps, columns.Dilation, Channels, Products);
            int span = (taps - 1) * dilation;
            nint step = channels - (dilation * pixel);
            for (int column = columns.Shift; column < columns.Shift + columns.Destination; column++, sums += channels)
            {
                (int begin, int end) = (0, taps);
                if (column < span || column >= source)
                {
                    begin = column < source ? 0 : ((column - source) / dilation) + 1;
                    end = Math.Min(taps, (column / dilation) + 1);
                }

                for (nint c = 0; c < channels; c += S.Count)
                {
                    V sum = S.Zero;
                    nint at = (column * pixel) + c;
                    for (int r = 0; r < count; r++)
                    {
                        T* products = rows[r] + at;
                        for (int s = begin; s < end; s++)
                        {
                            sum = S.Add(sum, S.Load(products + (s * step)));
                        }
                    }

                    // Lanes beyond the last channel spill into the next pixel, which is still to come.
                    S.Store(sum, sums + c);
                }
            }
        }
    }
}
