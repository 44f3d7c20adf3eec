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
    /// <param name="layout">The convolution, laid out.</param>
    /// <param name="w">Filters, [K, R, S, C/G].</param>
    /// <param name="packed">Room for <see cref="DirectLayout{T}.PackedLength"/> elements.</param>
    public static void Run(KernelContext context, in DirectLayout<T> layout, T* w, T* packed)
    {
        int panels = (layout.Pass.GroupDestination + (2 * S.Count) - 1) / (2 * S.Count);
        Job job = new() { Layout = layout, W = w, Packed = packed, Panels = panels };
        context.For(layout.Pass.Groups * panels, ref job, layout.PackedLength);
    }

    private struct Job : IJob
    {
        public DirectLayout<T> Layout;
        public T* W;
        public T* Packed;
        public int Panels;

        public readonly void Run(int index, Worker worker)
        {
            int group = index / Panels, first = index % Panels * 2 * S.Count;
            int channels = Layout.Pass.GroupDestination;
            int width = TapPass<S, V, T>.PanelWidth(channels, first);
            int lanes = Math.Min(width, channels - first);
            for (int f = 0; f < Layout.PhaseCount; f++)
            {
                TapPhase phase = Layout.Phases[f];
                T* panel = Packed + phase.Filters + ((nint)phase.Steps * ((group * TapPass<S, V, T>.PaddedChannels(channels)) + first));
                if (lanes < width)
                {
                    new Span<T>(panel, phase.Steps * width).Clear();
                }

                if (Layout.Pass.Rows.Backward)
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
            int inner = Layout.Pass.GroupSource;
            nint filter = (nint)Layout.Pass.Taps * inner;
            T* filters = W + (((nint)(group * Layout.Pass.GroupDestination) + first) * filter);
            for (int t = 0; t < phase.TapCount; t++)
            {
                T* tap = filters + ((nint)Layout.Taps[phase.FirstTap + t].Index * inner);
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
            int inner = Layout.Pass.GroupDestination;
            nint filter = (nint)Layout.Pass.Taps * inner;
            T* filters = W + ((nint)group * Layout.Pass.GroupSource * filter) + first;
            for (int t = 0; t < phase.TapCount; t++)
            {
                T* source = filters + ((nint)Layout.Taps[phase.FirstTap + t].Index * inner);
                for (int k = 0; k < Layout.Pass.GroupSource; k++)
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
