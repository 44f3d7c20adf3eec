using System.Numerics;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>
/// Brings filters into the order in which <see cref="TapTile{S, V, T}"/> reads them, [phase][group][panel][step][lanes]: once per op, so that all
/// pixels of all samples read them in one straight line. Missing lanes are zero.
/// </summary>
internal static unsafe class FilterPack<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, INumberBase<T>
{
    private const int StepsAtOnce = 16;

    /// <summary>Packs all filters of a convolution.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="convolution">The convolution, laid out.</param>
    /// <param name="w">Filters, [K, R, S, C/G].</param>
    /// <param name="packed">Room for <see cref="TapConvolution{T}.PackedLength"/> elements.</param>
    public static void Run(KernelContext context, in TapConvolution<T> convolution, T* w, T* packed)
    {
        int panels = (convolution.GroupDestination + (2 * S.Count) - 1) / (2 * S.Count);
        Job job = new() { Convolution = convolution, W = w, Packed = packed, Panels = panels };
        context.For(convolution.Groups * panels, ref job, convolution.PackedLength);
    }

    private struct Job : IJob
    {
        public TapConvolution<T> Convolution;
        public T* W;
        public T* Packed;
        public int Panels;

        public readonly void Run(int index, Worker worker)
        {
            int group = index / Panels, first = index % Panels * 2 * S.Count;
            int channels = Convolution.GroupDestination;
            int width = TapPass<S, V, T>.PanelWidth(channels, first);
            int lanes = Math.Min(width, channels - first);
            for (int f = 0; f < Convolution.PhaseCount; f++)
            {
                TapPhase phase = Convolution.Phases[f];
                T* panel = Packed + phase.Filters + ((nint)phase.Steps * ((group * TapPass<S, V, T>.PaddedChannels(channels)) + first));
                if (lanes < width)
                {
                    new Span<T>(panel, phase.Steps * width).Clear();
                }

                if (Convolution.Rows.Backward)
                {
                    PackInputs(phase, group, first, lanes, width, panel);
                }
                else
                {
                    PackOutputs(phase, group, first, lanes, width, panel);
                }
            }
        }

        // Forward: lanes are filters, steps are taps and input channels. A few steps at a time: every lane writes into the same lines of a cache.
        private readonly void PackOutputs(in TapPhase phase, int group, int first, int lanes, int width, T* panel)
        {
            int inner = Convolution.GroupSource;
            nint filter = (nint)Convolution.Rows.Taps * Convolution.Columns.Taps * inner;
            T* filters = W + (((nint)(group * Convolution.GroupDestination) + first) * filter);
            for (int t = 0; t < phase.TapCount; t++)
            {
                T* tap = filters + ((nint)Convolution.Taps[phase.FirstTap + t].Index * inner);
                for (int begin = 0; begin < inner; begin += StepsAtOnce)
                {
                    int steps = Math.Min(StepsAtOnce, inner - begin);
                    Transposition<T>.Copy(tap + begin, filter, lanes, steps, panel, width);
                    panel += (nint)steps * width;
                }
            }
        }

        // By the input: lanes are input channels, steps are taps and filters.
        private readonly void PackInputs(in TapPhase phase, int group, int first, int lanes, int width, T* panel)
        {
            int inner = Convolution.GroupDestination;
            nint filter = (nint)Convolution.Rows.Taps * Convolution.Columns.Taps * inner;
            T* filters = W + ((nint)group * Convolution.GroupSource * filter) + first;
            for (int t = 0; t < phase.TapCount; t++)
            {
                T* source = filters + ((nint)Convolution.Taps[phase.FirstTap + t].Index * inner);
                for (int k = 0; k < Convolution.GroupSource; k++)
                {
                    int lane = 0;
                    for (; lane <= lanes - S.Count; lane += S.Count)
                    {
                        S.Store(S.Load(source + lane), panel + lane);
                    }

                    for (; lane < lanes; lane++)
                    {
                        panel[lane] = source[lane];
                    }

                    source += filter;
                    panel += width;
                }
            }
        }
    }
}
