using System.Numerics;
using Msr.Cpu.Convolution.Direct;
using Msr.Cpu.Convolution.Narrow;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Convolution;

/// <summary>A convolution, forward or by its input, with everything a kernel wants to know of it.</summary>
internal unsafe struct ConvolutionTask<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Somewhat more than a first-level cache: whole small planes, so that fewer bands end within a register tile.
    private const int BandBytes = 48 * 1024;

    public TapConvolution<T> Gather;

    /// <summary>Filters, [K, R, S, C/G].</summary>
    public T* W;
    public T* Destination;
    public bool Accumulate;
    public PaddingFold<S, V, T> Fold;

    /// <summary>How it is computed.</summary>
    public ConvolutionMethod Method;

    /// <summary>What is done with every piece of the result.</summary>
    public Tail<S, V, T> Tail;

    /// <summary>Elements of the filters as the kernel reads them: packed, 36 factors for every 9 taps, or all taps side by side.</summary>
    public readonly long PreparedLength => Method switch
    {
        ConvolutionMethod.Winograd => WinogradFilters<S, V, T>.Length(Gather),
        ConvolutionMethod.Products => NarrowGradient<S, V, T>.PreparedLength(Gather),
        _ => (long)Gather.Rows.Taps * Gather.Columns.Taps * Gather.GroupSource * TapPass<S, V, T>.PaddedChannels(Gather.GroupDestination) * Gather.Groups,
    };

    /// <summary>Decides on bands and lays out taps.</summary>
    /// <param name="memory">Room for <see cref="TapConvolution{T}.LayoutBytes"/>.</param>
    /// <param name="pieces">Pieces of work that keep all threads busy.</param>
    public void Lay(byte* memory, int pieces)
    {
        Gather.Prepare(pieces, BandBytes);
        if (Fold.Active)
        {
            Gather.BandRows = Gather.Rows.Destination;
        }

        Gather.Lay(memory, TapPass<S, V, T>.PaddedChannels(Gather.GroupDestination));
    }
}
