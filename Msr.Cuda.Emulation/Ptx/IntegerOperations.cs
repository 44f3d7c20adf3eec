using System.Numerics;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Integer arithmetic of any width and sign, as PTX defines it: it wraps around, shifts by the width or more empty a value.</summary>
internal static class IntegerOperations
{
    private static ulong Bits<N>(N value)
        where N : IBinaryInteger<N> => ulong.CreateTruncating(value);

    private static N Word<N>(ulong bits)
        where N : IBinaryInteger<N> => N.CreateTruncating(bits);

    private static int Width<N>()
        where N : IBinaryInteger<N> => N.Zero.GetByteCount() * 8;

    /// <summary>a + b.</summary>
    internal readonly struct Sum<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) + Word<N>(b));
    }

    /// <summary>a − b.</summary>
    internal readonly struct Difference<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) - Word<N>(b));
    }

    /// <summary>The low half of a·b.</summary>
    internal readonly struct Product<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) * Word<N>(b));
    }

    /// <summary>The low half of a·b, plus c.</summary>
    internal readonly struct ProductSum<N> : LaneLoops.ITernary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b, ulong c) => Bits((Word<N>(a) * Word<N>(b)) + Word<N>(c));
    }

    /// <summary>The whole of a·b, in twice the width.</summary>
    internal readonly struct WideProduct<N, TWide> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
        where TWide : IBinaryInteger<TWide>
    {
        public static ulong Of(ulong a, ulong b) => Bits(TWide.CreateTruncating(Word<N>(a)) * TWide.CreateTruncating(Word<N>(b)));
    }

    /// <summary>The high half of a·b.</summary>
    internal readonly struct HighProduct<N, TWide> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
        where TWide : IBinaryInteger<TWide>
    {
        public static ulong Of(ulong a, ulong b) =>
            Bits(N.CreateTruncating((TWide.CreateTruncating(Word<N>(a)) * TWide.CreateTruncating(Word<N>(b))) >> Width<N>()));
    }

    /// <summary>a / b towards zero; all ones where b is 0, and a where the quotient has no room.</summary>
    internal readonly struct Quotient<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b)
        {
            N dividend = Word<N>(a), divisor = Word<N>(b);
            return N.IsZero(divisor) ? Bits(~N.Zero) : N.IsNegative(divisor) && divisor == -N.One ? Bits(-dividend) : Bits(dividend / divisor);
        }
    }

    /// <summary>The remainder of a / b, with the sign of a; a where b is 0.</summary>
    internal readonly struct Remainder<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b)
        {
            N dividend = Word<N>(a), divisor = Word<N>(b);
            return N.IsZero(divisor) ? Bits(dividend) : N.IsNegative(divisor) && divisor == -N.One ? 0 : Bits(dividend % divisor);
        }
    }

    /// <summary>The smaller one.</summary>
    internal readonly struct Least<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(N.Min(Word<N>(a), Word<N>(b)));
    }

    /// <summary>The larger one.</summary>
    internal readonly struct Largest<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(N.Max(Word<N>(a), Word<N>(b)));
    }

    /// <summary>−a.</summary>
    internal readonly struct Negation<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(-Word<N>(a));
    }

    /// <summary>|a|.</summary>
    internal readonly struct Magnitude<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(N.IsNegative(Word<N>(a)) ? -Word<N>(a) : Word<N>(a));
    }

    /// <summary>a and b, bit by bit.</summary>
    internal readonly struct And<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) & Word<N>(b));
    }

    /// <summary>a or b, bit by bit.</summary>
    internal readonly struct Or<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) | Word<N>(b));
    }

    /// <summary>Either a or b, bit by bit.</summary>
    internal readonly struct ExclusiveOr<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => Bits(Word<N>(a) ^ Word<N>(b));
    }

    /// <summary>The other bits.</summary>
    internal readonly struct Not<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(~Word<N>(a));
    }

    /// <summary>a shifted to the left.</summary>
    internal readonly struct LeftShift<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) => (uint)b >= Width<N>() ? 0 : Bits(Word<N>(a) << (int)b);
    }

    /// <summary>a shifted to the right, filled with its sign, or with zeros if it has none.</summary>
    internal readonly struct RightShift<N> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a, ulong b) =>
            (uint)b < Width<N>() ? Bits(Word<N>(a) >> (int)b) : N.IsNegative(Word<N>(a)) ? Bits(~N.Zero) : 0;
    }

    /// <summary>The number of ones.</summary>
    internal readonly struct Ones<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(N.PopCount(Word<N>(a)));
    }

    /// <summary>The number of zeros before the first one.</summary>
    internal readonly struct LeadingZeros<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(N.LeadingZeroCount(Word<N>(a)));
    }

    /// <summary>a itself.</summary>
    internal readonly struct Moved<N> : LaneLoops.IUnary
        where N : IBinaryInteger<N>
    {
        public static ulong Of(ulong a) => Bits(Word<N>(a));
    }

    /// <summary>a where the predicate c is true, else b.</summary>
    internal readonly struct Selection : LaneLoops.ITernary
    {
        public static ulong Of(ulong a, ulong b, ulong c) => (c & 1) != 0 ? a : b;
    }

    /// <summary>Both predicates.</summary>
    internal readonly struct Both : LaneLoops.IBinary
    {
        public static ulong Of(ulong a, ulong b) => a & b & 1;
    }

    /// <summary>Either predicate.</summary>
    internal readonly struct Either : LaneLoops.IBinary
    {
        public static ulong Of(ulong a, ulong b) => (a | b) & 1;
    }

    /// <summary>One predicate but not the other.</summary>
    internal readonly struct Unequal : LaneLoops.IBinary
    {
        public static ulong Of(ulong a, ulong b) => (a ^ b) & 1;
    }

    /// <summary>The other predicate.</summary>
    internal readonly struct Opposite : LaneLoops.IUnary
    {
        public static ulong Of(ulong a) => ~a & 1;
    }

    /// <summary>A word of one type as a word of another.</summary>
    internal readonly struct Conversion<TFrom, TTo> : LaneLoops.IUnary
        where TFrom : IBinaryInteger<TFrom>
        where TTo : IBinaryInteger<TTo>
    {
        public static ulong Of(ulong a) => Bits(TTo.CreateTruncating(Word<TFrom>(a)));
    }
}
