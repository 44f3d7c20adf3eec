using System.Numerics;

namespace PropertyTests.Cuda.Ptx;

/// <summary>Conversions against integer arithmetic: no conversion of the language that the machine is written in takes part in the expectation.</summary>
public sealed class ConversionTests
{
    private readonly PtxBench _bench = new();

    [Theory]
    [InlineData("cvt.rn.f32.u64", "wl", false, 64)]
    [InlineData("cvt.rn.f32.s64", "wl", true, 64)]
    [InlineData("cvt.rn.f32.u32", "ww", false, 32)]
    [InlineData("cvt.rn.f32.s32", "ww", true, 32)]
    [InlineData("cvt.rn.f64.u64", "ll", false, 64)]
    [InlineData("cvt.rn.f64.s64", "ll", true, 64)]
    public void Integers_are_rounded_to_the_nearest_float_and_ties_to_even(string opcode, string shape, bool signed, int bits)
    {
        int precision = shape[0] == 'l' ? 53 : 24;
        (ulong A, ulong B, ulong C)[] inputs = [.. Integers(precision, bits).Select(value => (Cut(value, bits), 0UL, 0UL))];
        ulong[] results = _bench.Apply(opcode, shape, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            BigInteger value = signed && inputs[i].A >> (bits - 1) != 0 ? inputs[i].A - (BigInteger.One << bits) : inputs[i].A;
            ExactNumber exact = new(value, 0);
            ulong expected = value.IsZero ? 0 : shape[0] == 'l' ? exact.ToDouble() : exact.ToSingle();
            Assert.True(results[i] == expected, $"{opcode} {value}: {results[i]:x}, not {expected:x}");
        }
    }

    [Fact]
    public void Doubles_are_rounded_to_the_nearest_float_and_ties_to_even()
    {
        (ulong A, ulong B, ulong C)[] inputs = [.. Doubles().Select(static bits => (bits, 0UL, 0UL))];
        ulong[] results = _bench.Apply("cvt.rn.f32.f64", "wl", inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            ulong sign = inputs[i].A >> 63 << 31, expected = inputs[i].A << 1 == 0 ? sign : ExactNumber.OfDouble(inputs[i].A).ToSingle();
            Assert.True(results[i] == expected, $"{inputs[i].A:x}: {results[i]:x}, not {expected:x}");
        }
    }

    [Theory]
    [InlineData("rzi")]
    [InlineData("rni")]
    [InlineData("rmi")]
    [InlineData("rpi")]
    public void Floats_become_integers_that_saturate(string rounding)
    {
        foreach ((char kind, int bits) in from kind in "su" from bits in (int[])[8, 16, 32, 64] select (kind, bits))
        {
            BigInteger least = kind == 's' ? -(BigInteger.One << (bits - 1)) : 0, most = (BigInteger.One << (kind == 's' ? bits - 1 : bits)) - 1;
            foreach (bool wide in (bool[])[false, true])
            {
                // PTX: 0 for a NaN, but the highest bit where either side has 64 bits.
                ulong nan = wide || bits == 64 ? Cut((ulong)(kind == 's' ? ulong.MaxValue << (bits - 1) : 1UL << (bits - 1)), Math.Max(bits, 16)) : 0;
                string opcode = $"cvt.{rounding}.{kind}{bits}.{(wide ? "f64" : "f32")}", shape = $"{(bits == 64 ? 'l' : bits == 32 ? 'w' : 'h')}{(wide ? 'l' : 'w')}";
                (ulong A, ulong B, ulong C)[] inputs = [.. NearLimits(least, most, wide).Select(static number => (number, 0UL, 0UL))];
                ulong[] results = _bench.Apply(opcode, shape, inputs);
                for (int i = 0; i < inputs.Length; i++)
                {
                    double value = wide ? BitConverter.UInt64BitsToDouble(inputs[i].A) : BitConverter.UInt32BitsToSingle((uint)inputs[i].A);
                    ulong expected = double.IsNaN(value) ? nan : Cut((ulong)(Saturated(inputs[i].A) & ulong.MaxValue), Math.Max(bits, 16));
                    Assert.True(results[i] == expected, $"{opcode} {value:r}: {results[i]:x}, not {expected:x}");

                    BigInteger Saturated(ulong number) => double.IsInfinity(value)
                        ? value > 0 ? most : least
                        : BigInteger.Clamp((wide ? ExactNumber.OfDouble(number) : ExactNumber.OfSingle(number)).ToInteger(rounding), least, most);
                }
            }
        }
    }

    private static ulong Cut(ulong value, int bits) => value & (ulong.MaxValue >> (64 - bits));

    /// <summary>Of every length the exact ties and what lies beside them, around mantissas that are even and odd and full; and their negatives.</summary>
    private static IEnumerable<ulong> Integers(int precision, int bits)
    {
        ulong top = 1UL << (precision - 1);
        ulong[] kept = [top, top + 1, top + 2, top | (0x5555_5555_5555_5555 & (top - 1)), (2 * top) - 2, (2 * top) - 1];
        for (int below = 0; below <= bits - precision; below++)
        {
            foreach (ulong mantissa in kept)
            {
                ulong value = mantissa << below, half = below == 0 ? 0 : 1UL << (below - 1);
                foreach (ulong number in (ulong[])[value, value + half, value + half - 1, value + half + 1, value + 1, value - 1])
                {
                    yield return number;
                    yield return 0 - number;
                }
            }
        }

        yield return 0;
        yield return 1UL << (bits - 1);
        yield return ulong.MaxValue;
    }

    /// <summary>Around floats of every size, subnormal and largest among them: the float, the tie above it, and the numbers beside the tie.</summary>
    private static IEnumerable<ulong> Doubles()
    {
        for (int exponent = -151; exponent <= 127; exponent++)
        {
            int fraction = Math.Clamp(exponent + 149, 0, 23);
            foreach (long kept in (long[])[1L << fraction, (1L << fraction) | 1, (1L << (fraction + 1)) - 1])
            {
                // The kept bits and one more, which makes the tie.
                ulong tie = (ulong)BitConverter.DoubleToInt64Bits(Math.ScaleB((2 * kept) + 1, exponent - fraction - 1));
                foreach (ulong number in (ulong[])[(ulong)BitConverter.DoubleToInt64Bits(Math.ScaleB(kept, exponent - fraction)), tie - 1, tie, tie + 1])
                {
                    yield return number;
                    yield return number | (1UL << 63);
                }
            }
        }

        yield return 0;
        yield return 1UL << 63;
        yield return 1;
        yield return BitConverter.DoubleToUInt64Bits(double.MaxValue);
    }

    /// <summary>Both limits and 0 with the halves and the floats around them, and what is no number.</summary>
    private static IEnumerable<ulong> NearLimits(BigInteger least, BigInteger most, bool wide)
    {
        ulong Bits(double number) => wide ? BitConverter.DoubleToUInt64Bits(number) : BitConverter.SingleToUInt32Bits((float)number);
        double[] middles = [(double)least, (double)most, (double)most + 1, 0, -1, 1, 2, 100, -100];
        foreach (double middle in middles)
        {
            foreach (double number in (double[])[middle - 1, middle - 0.5, middle, middle + 0.5, middle + 1, middle * 2, middle + 0.25, middle - 0.75])
            {
                ulong bits = Bits(number);
                yield return bits;
                if (bits << (wide ? 1 : 33) != 0)
                {
                    yield return bits - 1;
                    yield return bits + 1;
                }
            }
        }

        foreach (double number in (double[])[0, -0.0, double.Epsilon, float.Epsilon, -float.Epsilon, 1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity, double.NaN])
        {
            yield return Bits(number);
        }
    }
}
