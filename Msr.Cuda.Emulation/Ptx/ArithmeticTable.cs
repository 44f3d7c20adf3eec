using System.Collections.Frozen;
using System.Numerics;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Every arithmetic instruction the machine knows, by its opcode: how many sources it has, and what it does.</summary>
internal static unsafe class ArithmeticTable
{
    private static readonly FrozenDictionary<string, (int Sources, nint Function)> s_operations = Make().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds an instruction.</summary>
    /// <param name="opcode">The opcode with its suffixes, such as <c>add.rn.f32</c>.</param>
    /// <param name="sources">The number of its sources.</param>
    /// <param name="function">What it does: destination, three sources, lanes.</param>
    public static bool TryFind(string opcode, out int sources, out delegate*<ulong*, ulong*, ulong*, ulong*, uint, void> function)
    {
        bool found = s_operations.TryGetValue(opcode, out (int Sources, nint Function) operation);
        sources = operation.Sources;
        function = (delegate*<ulong*, ulong*, ulong*, ulong*, uint, void>)operation.Function;
        return found;
    }

    private static Dictionary<string, (int Sources, nint Function)> Make()
    {
        Dictionary<string, (int Sources, nint Function)> table = new(StringComparer.Ordinal);
        AddIntegers<short, int>(table, "s16", "b16");
        AddIntegers<ushort, uint>(table, "u16", "b16");
        AddIntegers<int, long>(table, "s32", "b32");
        AddIntegers<uint, ulong>(table, "u32", "b32");
        AddIntegers<long, Int128>(table, "s64", "b64");
        AddIntegers<ulong, UInt128>(table, "u64", "b64");
        AddBits<ushort>(table, "b16");
        AddBits<uint>(table, "b32");
        AddBits<ulong>(table, "b64");
        AddFloats<FloatOperations.Single, float>(table, "f32");
        AddFloats<FloatOperations.Double, double>(table, "f64");
        AddPredicates(table);
        AddMoves(table);
        AddConversions(table);
        return table;
    }

    private static void Add1<TOp>(Dictionary<string, (int Sources, nint Function)> table, string opcode)
        where TOp : struct, LaneLoops.IUnary => table[opcode] = (1, (nint)(delegate*<ulong*, ulong*, ulong*, ulong*, uint, void>)&LaneLoops.Unary<TOp>);

    private static void Add2<TOp>(Dictionary<string, (int Sources, nint Function)> table, string opcode)
        where TOp : struct, LaneLoops.IBinary => table[opcode] = (2, (nint)(delegate*<ulong*, ulong*, ulong*, ulong*, uint, void>)&LaneLoops.Binary<TOp>);

    private static void Add3<TOp>(Dictionary<string, (int Sources, nint Function)> table, string opcode)
        where TOp : struct, LaneLoops.ITernary => table[opcode] = (3, (nint)(delegate*<ulong*, ulong*, ulong*, ulong*, uint, void>)&LaneLoops.Ternary<TOp>);

    private static void AddIntegers<N, TWide>(Dictionary<string, (int Sources, nint Function)> table, string type, string bits)
        where N : IBinaryInteger<N>
        where TWide : IBinaryInteger<TWide>
    {
        Add2<IntegerOperations.Sum<N>>(table, $"add.{type}");
        Add2<IntegerOperations.Difference<N>>(table, $"sub.{type}");
        Add2<IntegerOperations.Product<N>>(table, $"mul.lo.{type}");
        Add2<IntegerOperations.HighProduct<N, TWide>>(table, $"mul.hi.{type}");
        Add3<IntegerOperations.ProductSum<N>>(table, $"mad.lo.{type}");
        Add2<IntegerOperations.Quotient<N>>(table, $"div.{type}");
        Add2<IntegerOperations.Remainder<N>>(table, $"rem.{type}");
        Add2<IntegerOperations.Least<N>>(table, $"min.{type}");
        Add2<IntegerOperations.Largest<N>>(table, $"max.{type}");
        Add1<IntegerOperations.Negation<N>>(table, $"neg.{type}");
        Add1<IntegerOperations.Magnitude<N>>(table, $"abs.{type}");
        Add2<IntegerOperations.RightShift<N>>(table, $"shr.{type}");
        if (bits != "b64")
        {
            Add2<IntegerOperations.WideProduct<N, TWide>>(table, $"mul.wide.{type}");
        }

        AddComparisons<N>(table, type);
    }

    private static void AddBits<N>(Dictionary<string, (int Sources, nint Function)> table, string type)
        where N : IBinaryInteger<N>
    {
        Add2<IntegerOperations.And<N>>(table, $"and.{type}");
        Add2<IntegerOperations.Or<N>>(table, $"or.{type}");
        Add2<IntegerOperations.ExclusiveOr<N>>(table, $"xor.{type}");
        Add1<IntegerOperations.Not<N>>(table, $"not.{type}");
        Add2<IntegerOperations.LeftShift<N>>(table, $"shl.{type}");
        Add1<IntegerOperations.Ones<N>>(table, $"popc.{type}");
        Add1<IntegerOperations.LeadingZeros<N>>(table, $"clz.{type}");
        AddComparisons<N>(table, type);
    }

    private static void AddComparisons<N>(Dictionary<string, (int Sources, nint Function)> table, string type)
        where N : IBinaryInteger<N>
    {
        Add2<Comparisons.OfIntegers<N, Comparisons.Equal>>(table, $"setp.eq.{type}");
        Add2<Comparisons.OfIntegers<N, Comparisons.Different>>(table, $"setp.ne.{type}");
        Add2<Comparisons.OfIntegers<N, Comparisons.Less>>(table, $"setp.lt.{type}");
        Add2<Comparisons.OfIntegers<N, Comparisons.LessOrEqual>>(table, $"setp.le.{type}");
        Add2<Comparisons.OfIntegers<N, Comparisons.Greater>>(table, $"setp.gt.{type}");
        Add2<Comparisons.OfIntegers<N, Comparisons.GreaterOrEqual>>(table, $"setp.ge.{type}");
    }

    private static void AddFloats<TFormat, F>(Dictionary<string, (int Sources, nint Function)> table, string type)
        where TFormat : struct, FloatOperations.IFormat<F>
        where F : unmanaged, IBinaryFloatingPointIeee754<F>
    {
        Add2<FloatOperations.Sum<TFormat, F>>(table, $"add.rn.{type}");
        Add2<FloatOperations.Difference<TFormat, F>>(table, $"sub.rn.{type}");
        Add2<FloatOperations.Product<TFormat, F>>(table, $"mul.rn.{type}");
        Add2<FloatOperations.Quotient<TFormat, F>>(table, $"div.rn.{type}");
        Add3<FloatOperations.ProductSum<TFormat, F>>(table, $"fma.rn.{type}");
        Add1<FloatOperations.Root<TFormat, F>>(table, $"sqrt.rn.{type}");
        Add1<FloatOperations.Reciprocal<TFormat, F>>(table, $"rcp.rn.{type}");
        Add1<FloatOperations.Negation<TFormat, F>>(table, $"neg.{type}");
        Add1<FloatOperations.Magnitude<TFormat, F>>(table, $"abs.{type}");
        Add2<FloatOperations.Least<TFormat, F>>(table, $"min.{type}");
        Add2<FloatOperations.Largest<TFormat, F>>(table, $"max.{type}");
        Add1<FloatOperations.Rounded<TFormat, F>>(table, $"cvt.rni.{type}.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Equal>>(table, $"setp.eq.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Different>>(table, $"setp.ne.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Less>>(table, $"setp.lt.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.LessOrEqual>>(table, $"setp.le.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Greater>>(table, $"setp.gt.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.GreaterOrEqual>>(table, $"setp.ge.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.EqualOrUnordered>>(table, $"setp.equ.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.DifferentOrUnordered>>(table, $"setp.neu.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.LessOrUnordered>>(table, $"setp.ltu.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.LessOrEqualOrUnordered>>(table, $"setp.leu.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.GreaterOrUnordered>>(table, $"setp.gtu.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.GreaterOrEqualOrUnordered>>(table, $"setp.geu.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Ordered>>(table, $"setp.num.{type}");
        Add2<Comparisons.OfFloats<TFormat, F, Comparisons.Unordered>>(table, $"setp.nan.{type}");
    }

    private static void AddPredicates(Dictionary<string, (int Sources, nint Function)> table)
    {
        Add2<IntegerOperations.Both>(table, "and.pred");
        Add2<IntegerOperations.Either>(table, "or.pred");
        Add2<IntegerOperations.Unequal>(table, "xor.pred");
        Add1<IntegerOperations.Opposite>(table, "not.pred");
        Add1<IntegerOperations.Moved<ulong>>(table, "mov.pred");
    }

    private static void AddMoves(Dictionary<string, (int Sources, nint Function)> table)
    {
        string[] types = ["b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64"];
        foreach (string type in types)
        {
            Add1<IntegerOperations.Moved<ulong>>(table, $"mov.{type}");
            Add3<IntegerOperations.Selection>(table, $"selp.{type}");
        }

        // Addresses of device memory are the same seen from anywhere.
        Add1<IntegerOperations.Moved<ulong>>(table, "cvta.to.global.u64");
        Add1<IntegerOperations.Moved<ulong>>(table, "cvta.global.u64");
    }

    private static void AddConversions(Dictionary<string, (int Sources, nint Function)> table)
    {
        AddConversionsFrom<short>(table, "s16");
        AddConversionsFrom<ushort>(table, "u16");
        AddConversionsFrom<int>(table, "s32");
        AddConversionsFrom<uint>(table, "u32");
        AddConversionsFrom<long>(table, "s64");
        AddConversionsFrom<ulong>(table, "u64");
        Add1<FloatOperations.Conversion<FloatOperations.Single, float, FloatOperations.Double, double>>(table, "cvt.f64.f32");
        Add1<FloatOperations.Conversion<FloatOperations.Double, double, FloatOperations.Single, float>>(table, "cvt.rn.f32.f64");
    }

    private static void AddConversionsFrom<N>(Dictionary<string, (int Sources, nint Function)> table, string type)
        where N : IBinaryInteger<N>
    {
        Add1<IntegerOperations.Conversion<N, short>>(table, $"cvt.s16.{type}");
        Add1<IntegerOperations.Conversion<N, ushort>>(table, $"cvt.u16.{type}");
        Add1<IntegerOperations.Conversion<N, int>>(table, $"cvt.s32.{type}");
        Add1<IntegerOperations.Conversion<N, uint>>(table, $"cvt.u32.{type}");
        Add1<IntegerOperations.Conversion<N, long>>(table, $"cvt.s64.{type}");
        Add1<IntegerOperations.Conversion<N, ulong>>(table, $"cvt.u64.{type}");
        Add1<FloatOperations.FromInteger<N, FloatOperations.Single, float>>(table, $"cvt.rn.f32.{type}");
        Add1<FloatOperations.FromInteger<N, FloatOperations.Double, double>>(table, $"cvt.rn.f64.{type}");
        Add1<FloatOperations.Truncated<FloatOperations.Single, float, N>>(table, $"cvt.rzi.{type}.f32");
        Add1<FloatOperations.Truncated<FloatOperations.Double, double, N>>(table, $"cvt.rzi.{type}.f64");
        Add1<FloatOperations.Nearest<FloatOperations.Single, float, N>>(table, $"cvt.rni.{type}.f32");
        Add1<FloatOperations.Nearest<FloatOperations.Double, double, N>>(table, $"cvt.rni.{type}.f64");
    }
}
