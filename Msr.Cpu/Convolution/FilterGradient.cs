using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Memory;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution;

/// <summary>
/// Gradient of a convolution by its filters, by the method that <see cref="ConvolutionMethods"/> chooses. Samples are dealt to a number of partitions
/// that depends on the batch and the geometry alone; every partition sums its own partial gradient, and the partial gradients are added up in the
/// order of the partitions. Bits depend on no number of threads.
/// </summary>
internal static unsafe class FilterGradient<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ReducedSteps = 64;

    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, ConvBackwardFilter<T> op)
    {
        ConvGeometry g = op.Geometry;
        ConvolutionPass<T> x = ConvolutionPass<T>.Forward(g, op.X.Shape[0], HostMemory<T>.PointerTo(op.X));
        int panels = (g.GroupK + (2 * S.Count) - 1) / (2 * S.Count), steps = g.Taps * g.GroupC;
        ReduceJob reduce = new()
        {
            Partial = (nint)steps * TapPass<S, V, T>.PaddedChannels(g.GroupK) * g.Groups,
            Dw = HostMemory<T>.PointerTo(op.Dw),
            Channels = g.GroupK,
            Steps = steps,
            Panels = panels,
            Blocks = (steps + ReducedSteps - 1) / ReducedSteps,
            Accumulate = op.Accumulate,
        };
        T* dy = HostMemory<T>.PointerTo(op.Dy);
        if (ConvolutionMethods.Of(g, op.Direction, context.Winograd) == ConvolutionMethod.Winograd)
        {
            SumTransformed(context, g, x, dy, ref reduce);
        }
        else
        {
            SumDirect(context, x, dy, ref reduce);
        }

        context.For(g.Groups * panels * reduce.Blocks, ref reduce, reduce.Partitions * reduce.Partial);
    }

    private static void SumTransformed(KernelContext context, ConvGeometry g, in ConvolutionPass<T> x, T* dy, ref ReduceJob reduce)
    {
        reduce.Partitions = WinogradGradient<S, V, T>.Partitions(g, x.Samples);
        reduce.Partials = context.Shared.Reserve<T>(reduce.Partitions * reduce.Partial);
        WinogradGradient<S, V, T>.Run(context, g, x, dy, reduce.Partials, reduce.Partitions);
    }

    private static void SumDirect(KernelContext context, in ConvolutionPass<T> x, T* dy, ref ReduceJob reduce)
    {
        DirectLayout<T> layout = DirectGradient<S, V, T>.Cut(x);
        long bytes = DirectLayout<T>.LayoutBytes(x);
        reduce.Partitions = DirectGradient<S, V, T>.Partitions(layout);
        byte* memory = context.Shared.Reserve<byte>(bytes + (reduce.Partitions * reduce.Partial * sizeof(T)));
        reduce.Partials = (T*)(memory + bytes);
        layout.Lay(memory, TapPass<S, V, T>.PaddedChannels(x.GroupDestination));
        DirectGradient<S, V, T>.Run(context, layout, dy, reduce.Partials, reduce.Partial, reduce.Partitions);
    }

    private struct ReduceJob : IJob
    {
        public T* Partials;
        public nint Partial;
        public int Partitions;
        public T* Dw;
        public int Channels;
        public int Steps;
        public int Panels;
        public int Blocks;
        public bool Accumulate;

        public readonly void Run(int index, Worker worker)
        {
            int group = index / (Panels * Blocks), first = index / Blocks % Panels * 2 * S.Count;
            int channels = Channels;
            int width = TapPass<S, V, T>.PanelWidth(channels, first), lanes = Math.Min(width, channels - first);
            T* panel = Partials + ((nint)Steps * ((group * TapPass<S, V, T>.PaddedChannels(channels)) + first));
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
            if (Partitions == 1)
            {
                return partial;
            }

            for (int i = 0; i < length; i += S.Count)
            {
                V total = S.Load(partial + i);
                for (int partition = 1; partition < Partitions; partition++)
                {
                    total = S.Add(total, S.Load(partial + (partition * Partial) + i));
                }

                S.Store(total, totals + i);
            }

            return totals;
        }
    }
}
