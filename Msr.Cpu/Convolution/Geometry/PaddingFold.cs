using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Convolution.Geometry;

/// <summary>The adjoint of replicating or reflecting padding: adds every element of the padded plane to the element it was copied from.</summary>
internal unsafe struct PaddingFold<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public bool Active;
    public PaddingMode Mode;
    public int H;
    public int W;
    public int Channels;
    public int PaddedH;
    public int PaddedW;
    public int Top;
    public int Left;

    /// <summary>The folds of a geometry: none where padding is zeros.</summary>
    /// <param name="g">The geometry.</param>
    public static PaddingFold<S, V, T> Of(ConvGeometry g) => new()
    {
        Active = g.Mode != PaddingMode.Zero && g.Padding != default,
        Mode = g.Mode,
        H = g.H,
        W = g.W,
        Channels = g.C,
        PaddedH = g.PaddedH,
        PaddedW = g.PaddedW,
        Top = g.Padding.Top,
        Left = g.Padding.Left,
    };

    /// <summary>Folds one plane.</summary>
    public readonly void Run(T* padded, T* destination, int sample, bool accumulate)
    {
        T* plane = destination + ((nint)sample * H * W * Channels);
        if (!accumulate)
        {
            new Span<T>(plane, checked(H * W * Channels)).Clear();
        }

        for (int row = 0; row < PaddedH; row++)
        {
            int h = ConvGeometry.Source(row - Top, H, Mode);
            for (int column = 0; column < PaddedW; column++)
            {
                int w = ConvGeometry.Source(column - Left, W, Mode);
                RowMath<S, V, T>.Add(padded + (((nint)(row * PaddedW) + column) * Channels), plane + (((nint)(h * W) + w) * Channels), Channels);
            }
        }
    }
}
