using System.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>
/// Partial gradients by the filters as the definition has them: sums of outer products of source elements and gradients of the output. Samples, band by
/// band, are dealt to partitions, each of which adds up its own partial gradient; how many there are follows from batch and geometry alone.
/// </summary>
internal static unsafe class DirectGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Half a first-level cache of source; the other half is for sums and gradients.
    private const int BandBytes = 24 * 1024;
    private const int MostPartitions = 16;

    /// <summary>Decides on bands and padding.</summary>
    /// <param name="pass">The convolution in its forward direction.</param>
    public static DirectLayout<T> Cut(in ConvolutionPass<T> pass)
    {
        DirectLayout<T> layout = new() { Pass = pass };

        // Constants here: the cut into bands decides the order of the sums.
        layout.Cut(MostPartitions, BandBytes);
        layout.InPlace = false;
        layout.ColumnLow = pass.Columns.Low(0);
        layout.ColumnCount = pass.Columns.High(pass.Columns.Destination) - layout.ColumnLow;
        return layout;
    }

    /// <summary>The number of partitions.</summary>
    /// <param name="layout">The convolution, cut.</param>
    public static int Partitions(in DirectLayout<T> layout) => Math.Min(MostPartitions, layout.Pass.Samples * layout.Bands);

    /// <summary>Computes the partial gradients.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="layout">The convolution, cut and laid out.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="partials">The partial gradients: [partition][group][panel][tap][channels][lanes of the panel].</param>
    /// <param name="partial">Elements of one of them.</param>
    /// <param name="partitions">How many.</param>
    public static void Run(KernelContext context, in DirectLayout<T> layout, T* dy, T* partials, nint partial, int partitions)
    {
        Job job = new() { X = layout, Dy = dy, Partials = partials, Partial = partial, Partitions = partitions };
        ConvolutionPass<T> pass = layout.Pass;
        long outputs = (long)pass.Samples * pass.Rows.Destination * pass.Columns.Destination * pass.DestinationChannels;
        context.For(partitions, ref job, outputs * pass.Taps * pass.GroupSource / KernelContext.ProductsPerElement);
    }

    private struct Job : IJob
    {
        public DirectLayout<T> X;
        public T* Dy;
        public T* Partials;
        public nint Partial;
        public int Partitions;

        public readonly void Run(int index, Worker worker)
        {
            T* sums = Partials + (index * Partial);
            long units = (long)X.Pass.Samples * X.Bands;
            long first = units * index / Partitions, end = units * (index + 1) / Partitions;
            for (long unit = first; unit < end; unit++)
            {
                RunBand((int)(unit / X.Bands), (int)(unit % X.Bands), sums, unit == first, worker);
            }
        }

        private readonly void RunBand(int sample, int band, T* sums, bool fresh, Worker worker)
        {
            int begin = band * X.BandRows, rows = Math.Min(X.BandRows, X.Pass.Rows.Destination - begin);
            int k = X.Pass.DestinationChannels;
            nint length = (nint)rows * X.Pass.Columns.Destination * k;
            T* dy = Dy + (((nint)((sample * X.Pass.Rows.Destination) + begin) * X.Pass.Columns.Destination) * k);
            T* memory = worker.Scratch.Reserve<T>(X.BandLength + length + (2 * S.Count));
            T* x = X.Band(sample, begin, begin + rows, memory);
            if (X.Pass.GroupDestination % S.Count != 0)
            {
                // Panels reach beyond the last channel of the last pixel: read a copy that has room behind it.
                T* copy = memory + X.BandLength;
                new ReadOnlySpan<T>(dy, (int)length).CopyTo(new Span<T>(copy, (int)length));
                new Span<T>(copy + length, 2 * S.Count).Clear();
                dy = copy;
            }

            FilterPlanes<T> plane = new()
            {
                Count = 1,
                Rows = rows,
                Columns = X.Pass.Columns.Destination,
                XRowPitch = X.Pass.Rows.Step * X.RowPitch,
                XColumnPitch = (nint)X.Pass.Columns.Step * X.Pass.SourceChannels,
                DyRowPitch = (nint)X.Pass.Columns.Destination * k,
                DyColumnPitch = k,
            };
            RunGroups(plane, x + (begin * plane.XRowPitch), dy, sums, fresh);
        }

        private readonly void RunGroups(in FilterPlanes<T> plane, T* x, T* dy, T* sums, bool fresh)
        {
            int channels = X.Pass.GroupDestination;
            for (int group = 0; group < X.Pass.Groups; group++)
            {
                for (int first = 0; first < channels; first += 2 * S.Count)
                {
                    int width = TapPass<S, V, T>.PanelWidth(channels, first);
                    RunPanel(plane, x + ((nint)group * X.Pass.GroupSource), dy + ((nint)group * channels) + first, sums, width, fresh);
                    sums += (nint)X.Phases->Steps * width;
                }
            }
        }

        private readonly void RunPanel(in FilterPlanes<T> plane, T* x, T* dy, T* sums, int width, bool fresh)
        {
            for (int run = 0; run < X.Phases->RunCount; run++)
            {
                TapRun along = X.Runs[run];
                FilterTile<S, V, T>.Run(plane, x + along.Source, along.Length, dy, sums, width, fresh);
                sums += along.Length * width;
            }
        }
    }
}
