using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Narrow;

/// <summary>
/// Gradients by inputs of so few channels that most lanes of a vector would stay empty. All taps of a filter lie side by side, as they do in
/// memory, and fill them: a pixel of dy times [K, R·S·C], for the few rows of dy that a row of dx needs, then sums along the taps.
/// </summary>
internal static unsafe class NarrowGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostChannels = 4;
    private const int LeastBandRows = 8;

    /// <summary>Whether a geometry is one of them.</summary>
    /// <param name="g">The geometry.</param>
    public static bool Applies(ConvGeometry g) =>
        g is { C: <= MostChannels, StrideH: 1, StrideW: 1, Groups: 1 } && g.R * g.S > 1 && (g.Mode == PaddingMode.Zero || g.Padding == default);

    /// <summary>Elements of the filters as <see cref="Prepare"/> leaves them.</summary>
    /// <param name="convolution">The convolution by its input.</param>
    public static long PreparedLength(in TapConvolution<T> convolution) => (long)convolution.SourceChannels * Lanes(convolution);

    /// <summary>Brings filters [K, R·S·C] into panels of two vectors: [panel][k][lanes].</summary>
    /// <param name="convolution">The convolution by its input.</param>
    /// <param name="w">The filters.</param>
    /// <param name="prepared">Room for <see cref="PreparedLength"/> elements.</param>
    public static void Prepare(in TapConvolution<T> convolution, T* w, T* prepared)
    {
        int products = Products(convolution), lanes = Lanes(convolution);
        for (int first = 0; first < lanes; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(lanes, first), filled = Math.Min(width, products - first);
            for (nint k = 0; k < convolution.SourceChannels; k++)
            {
                Span<T> panel = new(prepared, width);
                new ReadOnlySpan<T>(w + (k * products) + first, filled).CopyTo(panel);
                panel[filled..].Clear();
                prepared += width;
            }
        }
    }

    /// <summary>Runs the convolution.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="task">The convolution.</param>
    /// <param name="prepared">Its filters.</param>
    /// <param name="runs">Room for the runs along the channels of a pixel.</param>
    public static void Run(KernelContext context, in ConvolutionTask<S, V, T> task, T* prepared, TapRun* runs)
    {
        TapConvolution<T> convolution = task.Gather;
        int rows = convolution.Rows.Destination, pieces = (context.Pieces + convolution.Samples - 1) / convolution.Samples;
        Job job = new()
        {
            Convolution = convolution,
            Destination = task.Destination,
            Accumulate = task.Accumulate,
            Tail = task.Tail,
            Channels = convolution.DestinationChannels,
            Lanes = Lanes(convolution),
            Ring = Math.Min(((convolution.Rows.Taps - 1) * convolution.Rows.Dilation) + 1, convolution.Rows.Source),
            BandRows = Math.Max(LeastBandRows, (rows + pieces - 1) / pieces),
        };
        job.Line = new TapGrid<T>
        {
            SourceColumnPitch = convolution.SourceChannels,
            DestinationColumnPitch = job.Lanes,
            Rows = 1,
            Columns = convolution.Columns.Source,
            Runs = runs,
            RunCount = LayRuns(convolution.SourceChannels, runs),
            Steps = convolution.SourceChannels,
            Filters = prepared,
            Channels = job.Lanes,
        };
        long pixels = (long)convolution.Samples * convolution.Rows.Source * convolution.Columns.Source;
        context.For(convolution.Samples * job.Bands, ref job, pixels * PreparedLength(convolution) / KernelContext.ProductsPerElement);
    }

    private static int LayRuns(int channels, TapRun* runs)
    {
        int count = 0;
        for (int begin = 0; begin < channels; begin += TapRun.MaxLength)
        {
            runs[count++] = new TapRun(begin, Math.Min(TapRun.MaxLength, channels - begin));
        }

        return count;
    }

    private static int Products(in TapConvolution<T> convolution) => convolution.Rows.Taps * convolution.Columns.Taps * convolution.DestinationChannels;

    private static int Lanes(in TapConvolution<T> convolution) => TapPass<S, V, T>.PaddedChannels(Products(convolution));

    /// <summary>Computes bands of rows. Which bands there are does not matter to any result.</summary>
    private struct Job : IJob
    {
        public TapConvolution<T> Convolution;
        public TapGrid<T> Line;
        public T* Destination;
        public bool Accumulate;
        public Tail<S, V, T> Tail;
        public int Channels;
        public int Lanes;

        /// <summary>Rows of products that are kept: as many as the taps of one output span, where there are so many.</summary>
        public int Ring;
        public int BandRows;

        public readonly int Bands => (Convolution.Rows.Destination + BandRows - 1) / BandRows;

        // Sums load whole vectors, beyond the last tap of the last pixel too.
        private readonly nint RingPitch => ((nint)Convolution.Columns.Source * Lanes) + S.Count;

        public readonly void Run(int index, Worker worker)
        {
            TapAxis rows = Convolution.Rows;
            int sample = index / Bands, begin = index % Bands * BandRows, end = Math.Min(begin + BandRows, rows.Destination);
            T* ring = worker.Scratch.Reserve<T>((Ring * RingPitch) + ((nint)Convolution.Columns.Destination * Channels) + S.Count);
            nint line = (nint)Convolution.Columns.Destination * Channels;
            int next = Math.Max(0, begin + rows.Shift - ((rows.Taps - 1) * rows.Dilation));
            for (int row = begin; row < end; row++)
            {
                for (; next < Math.Min(row + rows.Shift + 1, rows.Source); next++)
                {
                    Multiply(sample, next, ring + (next % Ring * RingPitch));
                }

                nint at = (((nint)sample * rows.Destination) + row) * line;
                Sum(row, ring, Destination + at);
                Tail.Run(at, at + line);
            }
        }

        private readonly void Multiply(int sample, int row, T* products)
        {
            TapGrid<T> grid = Line;
            grid.Source = Convolution.Source + ((((nint)sample * Convolution.Rows.Source) + row) * Convolution.Columns.Source * Convolution.SourceChannels);
            grid.Destination = products;
            TapPass<S, V, T>.Run(grid);
        }

        private readonly void Sum(int row, T* ring, T* destination)
        {
            (TapAxis rows, TapAxis columns) = (Convolution.Rows, Convolution.Columns);
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
            TapAxis columns = Convolution.Columns;
            (int source, int taps, int dilation, nint channels, nint lanes) = (columns.Source, columns.Taps, columns.Dilation, Channels, Lanes);
            int span = (taps - 1) * dilation;
            nint step = channels - (dilation * lanes);
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
                    nint at = (column * lanes) + c;
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
