using System.Numerics;
using Msr.Core.Numerics;

namespace Msr.Cpu.Pooling;

/// <summary>A <see cref="PoolGeometry"/> as plain numbers, which jobs can carry.</summary>
internal unsafe struct Windows<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public int H;
    public int W;
    public int C;
    public int P;
    public int Q;
    private int _windowH;
    private int _windowW;
    private int _strideH;
    private int _strideW;
    private int _padH;
    private int _padW;
    private T* _divisors;

    /// <summary>Elements of a sample's input.</summary>
    public readonly nint InputLength => (nint)H * W * C;

    /// <summary>Elements of a sample's output.</summary>
    public readonly nint OutputLength => (nint)P * Q * C;

    /// <summary>Copies a geometry.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="divisors">Room for P·Q divisors of means; null where nobody asks for them.</param>
    public static Windows<T> Of(PoolGeometry g, T* divisors)
    {
        for (int p = 0; divisors is not null && p < g.P; p++)
        {
            for (int q = 0; q < g.Q; q++)
            {
                divisors[((nint)p * g.Q) + q] = T.CreateTruncating(g.Divisor(p, q));
            }
        }

        return new()
        {
            H = g.H,
            W = g.W,
            C = g.C,
            P = g.P,
            Q = g.Q,
            _windowH = g.WindowH,
            _windowW = g.WindowW,
            _strideH = g.StrideH,
            _strideW = g.StrideW,
            _padH = g.PadH,
            _padW = g.PadW,
            _divisors = divisors,
        };
    }

    /// <summary>The window of an output, clipped to the input.</summary>
    public readonly (int Top, int Bottom, int Left, int Right) At(int p, int q)
    {
        int top = (p * _strideH) - _padH, left = (q * _strideW) - _padW;
        return (Math.Max(top, 0), Math.Min(top + _windowH, H), Math.Max(left, 0), Math.Min(left + _windowW, W));
    }

    /// <summary>The divisor of the mean of an output.</summary>
    public readonly T Divisor(int p, int q) => _divisors[((nint)p * Q) + q];
}
