using System.Globalization;

namespace PropertyTests.Cuda.Ptx;

public class ArithmeticTests
{
    private const uint Nan = 0x7fffffff;

    private static readonly ulong[] Corners =
    [
        0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 65, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
        0xffffffff, 0x100000000, 0x123456789abcdef0, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffff0, 0xffffffffffffffff,
        0x3f800000, 0xbf800000, 0x4f000000, 0xcf000000, 0x4f7fffff, 0x7f800000, 0xff800000, 0x7fc00001, 0x7f7fffff, 0x00000001, 0x80000001,
        0x3ff0000000000000, 0xc1e0000000000000, 0x7ff0000000000000, 0x7ff8000000000001, 0x43f0000000000000, 0x40000001,
    ];

    private readonly PtxBench _bench = new();

    public static TheoryData<string, string> IntegerOpcodes()
    {
        TheoryData<string, string> cases = [];
        foreach (string line in IntegerMeanings.All.Keys)
        {
            string[] parts = line.Split(' ');
            cases.Add(parts[0], parts[1]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(IntegerOpcodes))]
    public void Integer_instructions_are_those_of_the_machine(string opcode, string shape)
    {
        Func<ulong, ulong, ulong, ulong> meaning = IntegerMeanings.All[$"{opcode} {shape}"];
        bool divides = opcode.StartsWith("div", StringComparison.Ordinal) || opcode.StartsWith("rem", StringComparison.Ordinal);
        int b = shape.Length > 2 ? WidthOf(shape[2]) : 64;
        (ulong A, ulong B, ulong C)[] inputs = [.. Inputs().Where(input => !divides || Cut(input.B, b) != 0)];
        ulong[] results = _bench.Apply(opcode, shape, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            (ulong x, ulong y, ulong z) = inputs[i];
            ulong expected = Cut(meaning(Cut(x, WidthOf(shape[1])), y, z), WidthOf(shape[0]));
            Assert.True(results[i] == expected, $"{opcode} {x:x} {y:x} {z:x}: {results[i]:x}, not {expected:x}");
        }
    }

    [Theory]
    [InlineData("add.rn.f32")]
    [InlineData("sub.rn.f32")]
    [InlineData("mul.rn.f32")]
    [InlineData("div.rn.f32")]
    [InlineData("fma.rn.f32")]
    [InlineData("sqrt.rn.f32")]
    [InlineData("rcp.rn.f32")]
    [InlineData("min.f32")]
    [InlineData("max.f32")]
    public void Single_precision_is_rounded_once_and_has_one_nan(string opcode)
    {
        int sources = opcode[0] switch { 'f' => 3, 's' when opcode[1] == 'q' => 1, 'r' => 1, _ => 2 };
        (ulong A, ulong B, ulong C)[] inputs = [.. Inputs()];
        ulong[] results = _bench.Apply(opcode, new string('w', sources + 1), inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            float a = BitConverter.UInt32BitsToSingle((uint)inputs[i].A);
            float b = BitConverter.UInt32BitsToSingle((uint)inputs[i].B);
            float c = BitConverter.UInt32BitsToSingle((uint)inputs[i].C);

            // Double holds 2 * 24 + 2 bits, enough to round these twice as if once.
            float expected = opcode.Split('.')[0] switch
            {
                "add" => (float)((double)a + b),
                "sub" => (float)((double)a - b),
                "mul" => (float)((double)a * b),
                "div" => (float)((double)a / b),
                "fma" => MathF.FusedMultiplyAdd(a, b, c),
                "sqrt" => (float)Math.Sqrt(a),
                "rcp" => (float)(1.0 / a),
                "min" => float.MinNumber(a, b),
                _ => float.MaxNumber(a, b),
            };
            ulong bits = float.IsNaN(expected) ? Nan : BitConverter.SingleToUInt32Bits(expected);
            Assert.True(results[i] == bits, $"{opcode} {a:r} {b:r} {c:r}: {results[i]:x}, not {bits:x}");
        }
    }

    [Fact]
    public void Comparisons_of_floats_follow_their_names()
    {
        string[] names = ["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"];
        float[] values = [float.NaN, float.NegativeInfinity, -1, -0f, 0f, 1, float.PositiveInfinity];
        (ulong, ulong, ulong)[] inputs = [.. from x in values from y in values select ((ulong)BitConverter.SingleToUInt32Bits(x), (ulong)BitConverter.SingleToUInt32Bits(y), 0UL)];
        (ulong, ulong, ulong)[] wide = [.. from x in values from y in values select (BitConverter.DoubleToUInt64Bits(x), BitConverter.DoubleToUInt64Bits(y), 0UL)];
        foreach (string name in names)
        {
            ulong[] expected = [.. from x in values from y in values select Holds(name, x, y) ? 1UL : 0];
            Assert.Equal(expected, _bench.Apply($"setp.{name}.f32", "pww", inputs));
            Assert.Equal(expected, _bench.Apply($"setp.{name}.f64", "pll", wide));
        }
    }

    [Fact]
    public void Comparisons_join_with_a_predicate_and_give_its_opposite_too()
    {
        const string Body = """
            setp.lt.u32 %p1, %r1, 4;
            and.b32 %r3, %r1, 1;
            setp.eq.and.s32 %p2|%p3, %r3, 1, %p1;
            setp.eq.or.s32 %p4, %r3, 1, !%p1;
            setp.eq.xor.s32 %p1|%p5, %r3, 1, %p1;
            selp.u32 %r4, 1, 0, %p2; selp.u32 %r5, 2, 0, %p3; selp.u32 %r6, 4, 0, %p4; selp.u32 %r7, 8, 0, %p1; selp.u32 %r8, 16, 0, %p5;
            or.b32 %r4, %r4, %r5; or.b32 %r4, %r4, %r6; or.b32 %r4, %r4, %r7; or.b32 %r4, %r4, %r8;
            st.global.u32 [%d5], %r4;
            """;
        ulong a = _bench.Memory.Allocate(32);
        _bench.Run(Body, threads: 8, a: a);
        uint[] expected = [.. Enumerable.Range(0, 8).Select(t =>
        {
            (bool odd, bool low) = (t % 2 == 1, t < 4);
            return (odd && low ? 1u : 0) | (!odd && low ? 2u : 0) | (odd || !low ? 4u : 0) | (odd != low ? 8u : 0) | (!odd != low ? 16u : 0);
        })];
        Assert.Equal(expected, _bench.Download<uint>(a, 8));
    }

    [Theory]
    [InlineData("cvt.rzi.s32.f32", "ww", 0x4f000000, 0x7fffffff)]
    [InlineData("cvt.rzi.s32.f32", "ww", 0xcf800000, 0x80000000)]
    [InlineData("cvt.rzi.s32.f32", "ww", 0x7fc00000, 0)]
    [InlineData("cvt.rzi.s32.f32", "ww", 0xbfffffff, 0xffffffff)]
    [InlineData("cvt.rni.s32.f32", "ww", 0x40200000, 2)]
    [InlineData("cvt.rni.s32.f32", "ww", 0x40600000, 4)]
    [InlineData("cvt.rmi.s32.f32", "ww", 0xbf000000, 0xffffffff)]
    [InlineData("cvt.rpi.s32.f32", "ww", 0x3f000000, 1)]
    [InlineData("cvt.rzi.u32.f32", "ww", 0xbf800000, 0)]
    [InlineData("cvt.rzi.u32.f32", "ww", 0x4f800000, 0xffffffff)]
    [InlineData("cvt.rzi.u32.f32", "ww", 0x7fc00000, 0)]
    [InlineData("cvt.rzi.u64.f32", "lw", 0x5f000000, 0x8000000000000000)]
    [InlineData("cvt.rzi.u64.f32", "lw", 0x5f800000, 0xffffffffffffffff)]
    [InlineData("cvt.rzi.s64.f32", "lw", 0x5f000000, 0x7fffffffffffffff)]
    [InlineData("cvt.rzi.s64.f32", "lw", 0x7fc00000, 0x8000000000000000)]
    [InlineData("cvt.rzi.s32.f64", "wl", 0x7ff8000000000000, 0x80000000)]
    [InlineData("cvt.rzi.s32.f64", "wl", 0xc1e0000000100000, 0x80000000)]
    [InlineData("cvt.rzi.s32.f64", "wl", 0x41dfffffffffffff, 0x7fffffff)]
    [InlineData("cvt.rzi.s16.f32", "hw", 0xc7800000, 0x8000)]
    [InlineData("cvt.rzi.u8.f32", "hw", 0x43ff8000, 0xff)]
    [InlineData("cvt.rzi.s8.f32", "ww", 0xc3ff8000, 0xffffff80)]
    [InlineData("cvt.rn.f32.u32", "ww", 0xffffff7f, 0x4f7fffff)]
    [InlineData("cvt.rn.f32.u32", "ww", 0xffffffff, 0x4f800000)]
    [InlineData("cvt.rn.f32.s32", "ww", 0xffffffff, 0xbf800000)]
    [InlineData("cvt.rn.f32.u64", "wl", 0x8000008000000001, 0x5f000001)]
    [InlineData("cvt.rn.f32.u64", "wl", 0x0000010000010001, 0x53800001)]
    [InlineData("cvt.rn.f32.s64", "wl", 0x8000000000000000, 0xdf000000)]
    [InlineData("cvt.rn.f64.u64", "ll", 0xfffffffffffffc01, 0x43f0000000000000)]
    [InlineData("cvt.rn.f32.u16", "wh", 0xffff, 0x477fff00)]
    [InlineData("cvt.rn.f32.s16", "wh", 0xffff, 0xbf800000)]
    [InlineData("cvt.rn.f32.u8", "wh", 0x1ff, 0x437f0000)]
    [InlineData("cvt.rn.f32.f64", "wl", 0x7ff8000000000001, Nan)]
    [InlineData("cvt.rn.f32.f64", "wl", 0x3690000000000000, 0)]
    [InlineData("cvt.f64.f32", "lw", 0x00000001, 0x36a0000000000000)]
    [InlineData("cvt.rni.f32.f32", "ww", 0xbf000000, 0x80000000)]
    [InlineData("cvt.rni.f32.f32", "ww", 0x7fc00001, Nan)]
    [InlineData("cvt.rzi.f32.f32", "ww", 0xbfc00000, 0xbf800000)]
    [InlineData("cvt.rmi.f32.f32", "ww", 0xbfc00000, 0xc0000000)]
    [InlineData("cvt.rpi.f32.f32", "ww", 0xbf000000, 0x80000000)]
    [InlineData("cvt.s64.s32", "lw", 0x80000000, 0xffffffff80000000)]
    [InlineData("cvt.u64.u32", "lw", 0x80000000, 0x80000000)]
    [InlineData("cvt.u32.u64", "wl", 0x1234567890, 0x34567890)]
    [InlineData("cvt.s32.s8", "ww", 0x17f80, 0xffffff80)]
    [InlineData("cvt.s16.s8", "hh", 0x80, 0xff80)]
    [InlineData("cvt.u32.u16", "wh", 0xffff, 0xffff)]
    [InlineData("cvt.s32.s16", "wh", 0xffff, 0xffffffff)]
    [InlineData("cvt.u16.u32", "hw", 0x12345, 0x2345)]
    [InlineData("cvt.s8.s32", "ww", 0x180, 0xffffff80)]
    [InlineData("cvt.u8.u32", "ww", 0x180, 0x80)]
    [InlineData("neg.f32", "ww", 0x7fc00001, 0xffc00001)]
    [InlineData("abs.f32", "ww", 0xff800000, 0x7f800000)]
    [InlineData("abs.s32", "ww", 0x80000000, 0x80000000)]
    [InlineData("testp.infinite.f32", "pw", 0xff800000, 1)]
    [InlineData("add.rn.f64", "lll", 0x7ff0000000000001, 0xfff8000000000000)]
    public void Conversions_saturate_and_round_as_written(string opcode, string shape, ulong input, ulong expected) =>
        Assert.Equal(expected.ToString("x", CultureInfo.InvariantCulture), _bench.Apply(opcode, shape, [(input, 0, 0)])[0].ToString("x", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("div.u32 %r4, %r1, %r3;")]
    [InlineData("rem.s64 %d9, %d1, %d3;")]
    public void A_division_by_zero_is_a_fault(string line) =>
        Assert.Contains("integer division by zero", _bench.Fault("mov.u32 %r3, 0; " + line), StringComparison.Ordinal);

    [Fact]
    public void An_atomic_sum_flushes_subnormals_in_global_memory_alone()
    {
        const string Body = """
            st.shared.u32 [x], 1;
            red.shared.add.f32 [x], 0f00000001;
            ld.shared.u32 %r3, [x];
            st.global.u32 [%d1], %r3;
            red.global.add.f32 [%d2], 0f00000001;
            """;
        (ulong a, ulong b) = (_bench.Memory.Allocate(4), _bench.Upload(1u));
        _bench.Run(Body, a: a, b: b, variables: ".shared .align 4 .b8 x[4];");
        Assert.Equal((2u, 0u), (_bench.Download<uint>(a, 1)[0], _bench.Download<uint>(b, 1)[0]));
    }

    [Theory]
    [InlineData("atom.global.exch.b32 %r3, [%d1], 9;", 5, 9)]
    [InlineData("atom.global.cas.b32 %r3, [%d1], 5, 9;", 5, 9)]
    [InlineData("atom.global.cas.b32 %r3, [%d1], 6, 9;", 5, 5)]
    [InlineData("atom.global.min.s32 %r3, [%d1], -1;", 5, -1)]
    [InlineData("atom.global.min.u32 %r3, [%d1], -1;", 5, 5)]
    [InlineData("atom.global.max.s32 %r3, [%d1], -1;", 5, 5)]
    [InlineData("atom.global.max.u32 %r3, [%d1], -1;", 5, -1)]
    [InlineData("atom.global.and.b32 %r3, [%d1], 4;", 5, 4)]
    [InlineData("atom.global.or.b32 %r3, [%d1], 2;", 5, 7)]
    [InlineData("atom.global.xor.b32 %r3, [%d1], 1;", 5, 4)]
    [InlineData("atom.add.u32 %r3, [%d1], -1;", 5, 4)]
    public void Atomics_return_the_old_value_and_leave_the_new(string line, int before, int after)
    {
        (ulong a, ulong b) = (_bench.Upload(before), _bench.Memory.Allocate(4));
        _bench.Run(line + " st.global.u32 [%d2], %r3;", a: a, b: b);
        Assert.Equal((after, before), (_bench.Download<int>(a, 1)[0], _bench.Download<int>(b, 1)[0]));
    }

    private static bool Holds(string name, float x, float y) => name switch
    {
        "eq" => x == y,
        "ne" => !float.IsNaN(x) && !float.IsNaN(y) && x != y,
        "lt" => x < y,
        "le" => x <= y,
        "gt" => x > y,
        "ge" => x >= y,
        "num" => !float.IsNaN(x) && !float.IsNaN(y),
        "nan" => float.IsNaN(x) || float.IsNaN(y),
        _ => float.IsNaN(x) || float.IsNaN(y) || Holds(name[..2], x, y),
    };

    private static int WidthOf(char shape) => shape switch { 'p' => 1, 'h' => 16, 'w' => 32, _ => 64 };

    private static ulong Cut(ulong value, int width) => width == 64 ? value : value & ((1UL << width) - 1);

    // All pairs of corners, then random ones, some of them small so that shifts and fields are met.
    private static IEnumerable<(ulong A, ulong B, ulong C)> Inputs()
    {
        Random random = new(7);
        foreach (ulong a in Corners)
        {
            foreach (ulong b in Corners)
            {
                yield return (a, b, Corners[random.Next(Corners.Length)]);
            }
        }

        for (int k = 0; k < 500; k++)
        {
            yield return ((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() >> random.Next(64), (ulong)random.NextInt64() >> random.Next(64));
        }
    }
}
