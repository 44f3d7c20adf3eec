using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Memory;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution;

/// <summary>
/// Gradient of a convolution by its filters. Samples are dealt to a number of lanes that depends on the batch and the geometry alone; every lane
/// sums its own partial gradient, and the partial gradients are added up in the order of the lanes. Bits depend on no number of threads.
/// </summary>
internal static unsafe class FilterGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Half a first-level cache of source; the other half is for sums and gradients.
    private const int BandBytes = 24 * 1024;
    private const int MaxLanes = 16;
    private const int ReducedSteps = 64;

    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, ConvBackwardFilter<T> op)
    {
        ConvGeometry g = op.Geometry;
        TapConvolution<T> x = Convolution<S, V, T>.Forward(g, op.X.Shape[0], HostMemory<T>.PointerTo(op.X));

        // Constants here: the cut into bands decides the order of the sums.
        x.Prepare(MaxLanes, BandBytes);
        x.Direct = false;
        x.ColumnLow = x.Columns.Low(0);
        x.ColumnCount = x.Columns.High(x.Columns.Destination) - x.ColumnLow;
        int padded = TapPass<S, V, T>.PaddedChannels(g.GroupK);
        bool winograd = context.Transforms(g);
        int lanes = winograd ? WinogradGradient<S, V, T>.Lanes(g, x.Samples) : Math.Min(MaxLanes, x.Samples * x.Bands);
        nint partial = (nint)g.Taps * g.GroupC * padded * g.Groups;
        byte* memory = context.Shared.Reserve<byte>(x.LayoutBytes + (lanes * partial * sizeof(T)));
        T* partials = (T*)(memory + x.LayoutBytes);
        x.Lay(memory, padded);
        SumJob sum = new() { X = x, Dy = HostMemory<T>.PointerTo(op.Dy), Partials = partials, Partial = partial, Lanes = lanes };
        long products = op.Dy.Length * g.Taps * g.GroupC;
        if (winograd)
        {
            WinogradGradient<S, V, T>.Run(context, g, x, sum.Dy, partials, lanes);
        }
        else
        {
            context.For(lanes, ref sum, products / KernelContext.ProductsPerElement);
        }

        int panels = (g.GroupK + (2 * S.Count) - 1) / (2 * S.Count);
        int blocks = ((g.Taps * g.GroupC) + ReducedSteps - 1) / ReducedSteps;
        ReduceJob reduce = new()
        {
            Sum = sum,
            Dw = HostMemory<T>.PointerTo(op.Dw),
            Steps = g.Taps * g.GroupC,
            Panels = panels,
            Blocks = blocks,
            Accumulate = op.Accumulate,
        };
        context.For(g.Groups * panels * blocks, ref reduce, lanes * partial);
    }

    private struct SumJob : IJob
    {
        public TapConvolution<T> X;
        public T* Dy;
        public T* Partials;
        public nint Partial;
        public int Lanes;

        public readonly void Run(int index, Worker worker)
        {
            T* sums = Partials + (index * Partial);
            long units = (long)X.Samples * X.Bands;
            long first = units * index / Lanes, end = units * (index + 1) / Lanes;
            for (long unit = first; unit < end; unit++)
            {
                RunBand((int)(unit / X.Bands), (int)(unit % X.Bands), sums, unit == first, worker);
            }
        }

        private readonly void RunBand(int sample, int band, T* sums, bool fresh, Worker worker)
        {
            int begin = band * X.BandRows, rows = Math.Min(X.BandRows, X.Rows.Destination - begin);
            int k = X.DestinationChannels;
            nint length = (nint)rows * X.Columns.Destination * k;
            T* dy = Dy + (((nint)((sample * X.Rows.Destination) + begin) * X.Columns.Destination) * k);
            T* memory = worker.Scratch.Reserve<T>(X.BandLength + length + (2 * S.Count));
            T* x = X.Band(sample, begin, begin + rows, memory);
            if (X.GroupDestination % S.Count != 0)
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
                Columns = X.Columns.Destination,
                XRowPitch = X.Rows.Step * X.RowPitch,
                XColumnPitch = (nint)X.Columns.Step * X.SourceChannels,
                DyRowPitch = (nint)X.Columns.Destination * k,
                DyColumnPitch = k,
            };
            RunGroups(plane, x + (begin * plane.XRowPitch), dy, sums, fresh);
        }

        private readonly void RunGroups(in FilterPlanes<T> plane, T* x, T* dy, T* sums, bool fresh)
        {
            int channels = X.GroupDestination;
            for (int group = 0; group < X.Groups; group++)
            {
                for (int first = 0; first < channels; first += 2 * S.Count)
                {
                    int width = TapPass<S, V, T>.PanelWidth(channels, first);
                    RunPanel(plane, x + ((nint)group * X.GroupSource), dy + ((nint)group * channels) + first, sums, width, fresh);
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

    private struct ReduceJob : IJob
    {
        public SumJob Sum;
        public T* Dw;
        public int Steps;
        public int Panels;
        public int Blocks;
        public bool Accumulate;

        public readonly void Run(int index, Worker worker)
        {
            int group = index / (Panels * Blocks), first = index / Blocks % Panels * 2 * S.Count;
            int channels = Sum.X.GroupDestination;
            int width = TapPass<S, V, T>.PanelWidth(channels, first), lanes = Math.Min(width, channels - first);
            T* panel = Sum.Partials + ((nint)Steps * ((group * TapPass<S, V, T>.PaddedChannels(channels)) + first));
            T* dw = Dw + ((nint)Steps * ((group * channels) + first));
            int begin = index % Blocks * ReducedSteps, end = Math.Min(begin + ReducedSteps, Steps);
            T* totals = Totals(panel + ((nint)begin * width), (end - begin) * width, worker.Scratch.Reserve<T>(ReducedSteps * 2 * S.Count));
            if (Accumulate)
            {
                Transposition<T>.Add(totals, width, end - begin, lanes, dw + begin, Steps);
            }
            else
            {
                Transposition<T>.Copy(totals, width, end - begin, lanes, dw + begin, Steps);
            }
        }

        private readonly T* Totals(T* partial, int length, T* totals)
        {
            if (Sum.Lanes == 1)
            {
                return partial;
            }

            for (int i = 0; i < length; i += S.Count)
            {
                V total = S.Load(partial + i);
                for (int lane = 1; lane < Sum.Lanes; lane++)
                {
                    total = S.Add(total, S.Load(partial + (lane * Sum.Partial) + i));
                }

                S.Store(total, totals + i);
            }

            return totals;
        }
    }
}
