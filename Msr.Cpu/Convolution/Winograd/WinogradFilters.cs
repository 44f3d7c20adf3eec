using System.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// u = G w Gᵀ for all filters of a convolution, forward or by its input, in the order in which <see cref="WinogradProduct{S, V, T}"/> reads them:
/// [point][panel][channels][lanes], points at a distance that is no multiple of a page.
/// </summary>
internal static unsafe class WinogradFilters<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Taps of so many channels are turned at once and transformed while they are in a first-level cache.
    private const int ChannelsAtOnce = 16;

    private const int Taps = 9;

    /// <summary>Elements from one point to the next.</summary>
    /// <param name="pass">The pass.</param>
    public static nint Pitch(in ConvolutionPass<T> pass) => WinogradGrid.Distance((nint)pass.SourceChannels * pass.DestinationChannels);

    /// <summary>Elements of all points.</summary>
    /// <param name="pass">The pass.</param>
    public static nint Length(in ConvolutionPass<T> pass) => WinogradTransform<S, V, T>.Points * Pitch(pass);

    /// <summary>Transforms all filters.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="w">Filters, [K, 3, 3, C].</param>
    /// <param name="factors">Room for <see cref="Length"/> elements.</param>
    public static void Run(KernelContext context, in ConvolutionPass<T> pass, T* w, T* factors)
    {
        Job job = new()
        {
            W = w,
            Factors = factors,
            Pitch = Pitch(pass),
            Channels = pass.SourceChannels,
            Outputs = pass.DestinationChannels,
            Backward = pass.Rows.Backward,
        };
        context.For((job.Outputs + (2 * S.Count) - 1) / (2 * S.Count), ref job, Length(pass));
    }

    private struct Job : IJob
    {
        public T* W;
        public T* Factors;
        public nint Pitch;
        public int Channels;
        public int Outputs;
        public bool Backward;

        public readonly void Run(int index, Worker worker)
        {
            int first = index * 2 * S.Count, width = TapPass<S, V, T>.PanelWidth(Outputs, first);
            T* factors = Factors + ((nint)first * Channels);
            if (Backward)
            {
                TransformInputs(W + first, width, factors);
            }
            else
            {
                TransformOutputs(W + ((nint)first * Taps * Channels), width, factors, worker.Scratch.Reserve<T>(Taps * ChannelsAtOnce * width));
            }
        }

        // Forward: lanes are filters, which lie far apart.
        private readonly void TransformOutputs(T* w, int width, T* factors, T* stage)
        {
            nint filter = (nint)Taps * Channels, tap = ChannelsAtOnce * width;
            for (int c = 0; c < Channels; c += ChannelsAtOnce)
            {
                for (int t = 0; t < Taps; t++)
                {
                    Transposition<T>.Copy(w + ((nint)t * Channels) + c, filter, width, ChannelsAtOnce, stage + (t * tap), width);
                }

                WinogradTransform<S, V, T>.Filter(stage, tap, factors + ((nint)c * width), Pitch, tap);
            }
        }

        // By the input: lanes are input channels, side by side; taps are turned round.
        private readonly void TransformInputs(T* w, int width, T* factors)
        {
            for (int k = 0; k < Channels; k++)
            {
                WinogradTransform<S, V, T>.Filter(w + ((nint)(Taps - 1) * Outputs), -Outputs, factors, Pitch, width);
                w += (nint)Taps * Outputs;
                factors += width;
            }
        }
    }
}
