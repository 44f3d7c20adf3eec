using System.Numerics;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Comparisons that set a predicate.</summary>
internal static class Comparisons
{
    /// <summary>A comparison of two numbers of a type.</summary>
    internal interface IComparison
    {
        static abstract bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool>;
    }

    /// <summary>Compares integers.</summary>
    internal readonly struct OfIntegers<N, TComparison> : LaneLoops.IBinary
        where N : IBinaryInteger<N>
        where TComparison : struct, IComparison
    {
        public static ulong Of(ulong a, ulong b) => TComparison.Of(N.CreateTruncating(a), N.CreateTruncating(b)) ? 1UL : 0;
    }

    /// <summary>Compares floats.</summary>
    internal readonly struct OfFloats<TFormat, F, TComparison> : LaneLoops.IBinary
        where TFormat : struct, FloatOperations.IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
        where TComparison : struct, IComparison
    {
        public static ulong Of(ulong a, ulong b) => TComparison.Of(TFormat.Of(a), TFormat.Of(b)) ? 1UL : 0;
    }

    /// <summary>Equal.</summary>
    internal readonly struct Equal : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a == b;
    }

    /// <summary>Less or greater.</summary>
    internal readonly struct Different : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a < b || a > b;
    }

    /// <summary>Less.</summary>
    internal readonly struct Less : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a < b;
    }

    /// <summary>Less or equal.</summary>
    internal readonly struct LessOrEqual : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a <= b;
    }

    /// <summary>Greater.</summary>
    internal readonly struct Greater : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a > b;
    }

    /// <summary>Greater or equal.</summary>
    internal readonly struct GreaterOrEqual : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a >= b;
    }

    /// <summary>Equal, or one is NaN.</summary>
    internal readonly struct EqualOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a < b || a > b);
    }

    /// <summary>Different, or one is NaN.</summary>
    internal readonly struct DifferentOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a == b);
    }

    /// <summary>Less, or one is NaN.</summary>
    internal readonly struct LessOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a >= b);
    }

    /// <summary>Less or equal, or one is NaN.</summary>
    internal readonly struct LessOrEqualOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a > b);
    }

    /// <summary>Greater, or one is NaN.</summary>
    internal readonly struct GreaterOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a <= b);
    }

    /// <summary>Greater or equal, or one is NaN.</summary>
    internal readonly struct GreaterOrEqualOrUnordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a < b);
    }

    /// <summary>Neither is NaN.</summary>
    internal readonly struct Ordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => a <= b || a > b;
    }

    /// <summary>One is NaN.</summary>
    internal readonly struct Unordered : IComparison
    {
        public static bool Of<N>(N a, N b)
            where N : IComparisonOperators<N, N, bool> => !(a <= b || a > b);
    }
}
