using System.Numerics;
using System.Runtime.CompilerServices;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Arithmetic in float32 and float64, rounded to nearest even, denormals kept. A NaN that float32 arithmetic makes is the GPU's one.</summary>
internal static class FloatOperations
{
    private const uint CanonicalNaN = 0x7FFF_FFFF;

    /// <summary>How a float type lies in a register.</summary>
    internal interface IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        static abstract F Of(ulong bits);

        static abstract ulong Bits(F value);
    }

    /// <summary>float32, in the low half.</summary>
    internal readonly struct Single : IFormat<float>
    {
        public static float Of(ulong bits) => Unsafe.BitCast<uint, float>((uint)bits);

        public static ulong Bits(float value) => float.IsNaN(value) ? CanonicalNaN : Unsafe.BitCast<float, uint>(value);
    }

    /// <summary>float64.</summary>
    internal readonly struct Double : IFormat<double>
    {
        public static double Of(ulong bits) => Unsafe.BitCast<ulong, double>(bits);

        public static ulong Bits(double value) => Unsafe.BitCast<double, ulong>(value);
    }

    /// <summary>a + b.</summary>
    internal readonly struct Sum<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(TFormat.Of(a) + TFormat.Of(b));
    }

    /// <summary>a − b.</summary>
    internal readonly struct Difference<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(TFormat.Of(a) - TFormat.Of(b));
    }

    /// <summary>a·b.</summary>
    internal readonly struct Product<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(TFormat.Of(a) * TFormat.Of(b));
    }

    /// <summary>a/b.</summary>
    internal readonly struct Quotient<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(TFormat.Of(a) / TFormat.Of(b));
    }

    /// <summary>a·b + c with one rounding.</summary>
    internal readonly struct ProductSum<TFormat, F> : LaneLoops.ITernary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b, ulong c) => TFormat.Bits(F.FusedMultiplyAdd(TFormat.Of(a), TFormat.Of(b), TFormat.Of(c)));
    }

    /// <summary>√a.</summary>
    internal readonly struct Root<TFormat, F> : LaneLoops.IUnary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a) => TFormat.Bits(F.Sqrt(TFormat.Of(a)));
    }

    /// <summary>1/a.</summary>
    internal readonly struct Reciprocal<TFormat, F> : LaneLoops.IUnary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a) => TFormat.Bits(F.One / TFormat.Of(a));
    }

    /// <summary>−a.</summary>
    internal readonly struct Negation<TFormat, F> : LaneLoops.IUnary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a) => TFormat.Bits(-TFormat.Of(a));
    }

    /// <summary>|a|.</summary>
    internal readonly struct Magnitude<TFormat, F> : LaneLoops.IUnary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a) => TFormat.Bits(F.Abs(TFormat.Of(a)));
    }

    /// <summary>The smaller one; a NaN is passed over, −0 is below +0.</summary>
    internal readonly struct Least<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(F.MinNumber(TFormat.Of(a), TFormat.Of(b)));
    }

    /// <summary>The larger one; a NaN is passed over, +0 is above −0.</summary>
    internal readonly struct Largest<TFormat, F> : LaneLoops.IBinary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a, ulong b) => TFormat.Bits(F.MaxNumber(TFormat.Of(a), TFormat.Of(b)));
    }

    /// <summary>a rounded to a whole number, ties to even.</summary>
    internal readonly struct Rounded<TFormat, F> : LaneLoops.IUnary
        where TFormat : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        public static ulong Of(ulong a) => TFormat.Bits(F.Round(TFormat.Of(a), MidpointRounding.ToEven));
    }

    /// <summary>A float as a float of the other format.</summary>
    internal readonly struct Conversion<TFrom, F, TTo, G> : LaneLoops.IUnary
        where TFrom : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
        where TTo : struct, IFormat<G>
        where G : unmanaged, IBinaryFloatingPointIeee754<G>
    {
        public static ulong Of(ulong a) => TTo.Bits(G.CreateTruncating(TFrom.Of(a)));
    }

    /// <summary>An integer as a float, to the nearest.</summary>
    internal readonly struct FromInteger<N, TTo, G> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
        where TTo : struct, IFormat<G>
        where G : unmanaged, IBinaryFloatingPointIeee754<G>
    {
        public static ulong Of(ulong a) => TTo.Bits(G.CreateTruncating(N.CreateTruncating(a)));
    }

    /// <summary>A float as an integer, towards zero; beyond the range its end, 0 for NaN.</summary>
    internal readonly struct Truncated<TFrom, F, N> : LaneLoops.IUnary
        where TFrom : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => ulong.CreateTruncating(N.CreateSaturating(TFrom.Of(a)));
    }

    /// <summary>A float as an integer, to the nearest, ties to even; beyond the range its end, 0 for NaN.</summary>
    internal readonly struct Nearest<TFrom, F, N> : LaneLoops.IUnary
        where TFrom : struct, IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => ulong.CreateTruncating(N.CreateSaturating(F.Round(TFrom.Of(a), MidpointRounding.ToEven)));
    }
}
