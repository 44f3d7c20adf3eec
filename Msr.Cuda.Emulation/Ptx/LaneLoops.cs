using System.Numerics;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>
/// Applies one operation to the lanes of a warp: [32] values to a register, the highest bits unused where the type is narrower. Whoever reads
/// a register takes the bits it needs.
/// </summary>
internal static unsafe class LaneLoops
{
    private const int Lanes = 32;

    /// <summary>An operation on one value.</summary>
    internal interface IUnary
    {
        static abstract ulong Of(ulong a);
    }

    /// <summary>An operation on two values.</summary>
    internal interface IBinary
    {
        static abstract ulong Of(ulong a, ulong b);
    }

    /// <summary>An operation on three values.</summary>
    internal interface ITernary
    {
        static abstract ulong Of(ulong a, ulong b, ulong c);
    }

    /// <summary>d = op(a) for some lanes.</summary>
    public static void Unary<TOp>(ulong* d, ulong* a, ulong* b, ulong* c, uint lanes)
        where TOp : struct, IUnary
    {
        if (lanes == uint.MaxValue)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                d[lane] = TOp.Of(a[lane]);
            }

            return;
        }

        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            d[lane] = TOp.Of(a[lane]);
        }
    }

    /// <summary>d = op(a, b) for some lanes.</summary>
    public static void Binary<TOp>(ulong* d, ulong* a, ulong* b, ulong* c, uint lanes)
        where TOp : struct, IBinary
    {
        if (lanes == uint.MaxValue)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                d[lane] = TOp.Of(a[lane], b[lane]);
            }

            return;
        }

        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            d[lane] = TOp.Of(a[lane], b[lane]);
        }
    }

    /// <summary>d = op(a, b, c) for some lanes.</summary>
    public static void Ternary<TOp>(ulong* d, ulong* a, ulong* b, ulong* c, uint lanes)
        where TOp : struct, ITernary
    {
        if (lanes == uint.MaxValue)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                d[lane] = TOp.Of(a[lane], b[lane], c[lane]);
            }

            return;
        }

        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            d[lane] = TOp.Of(a[lane], b[lane], c[lane]);
        }
    }
}
