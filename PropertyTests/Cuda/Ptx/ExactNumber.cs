using System.Numerics;

namespace PropertyTests.Cuda.Ptx;

/// <summary>A finite number as an integer times a power of two, rounded by integer arithmetic alone.</summary>
/// <param name="Mantissa">The integer.</param>
/// <param name="Exponent">The power.</param>
internal readonly record struct ExactNumber(BigInteger Mantissa, int Exponent)
{
    private const int DoubleFraction = 52;
    private const int SingleFraction = 23;

    /// <summary>The number that the bits of a finite float64 are.</summary>
    public static ExactNumber OfDouble(ulong bits) => OfBits(bits, DoubleFraction, 11);

    /// <summary>The number that the bits of a finite float32 are.</summary>
    public static ExactNumber OfSingle(ulong bits) => OfBits(bits, SingleFraction, 8);

    /// <summary>The bits of the nearest float64, ties to even.</summary>
    public ulong ToDouble() => ToBits(DoubleFraction, 11);

    /// <summary>The bits of the nearest float32, ties to even.</summary>
    public ulong ToSingle() => ToBits(SingleFraction, 8);

    /// <summary>The integer that PTX's rounding to integers gives: rzi to 0, rmi down, rpi up, rni to the nearest, ties to even.</summary>
    public BigInteger ToInteger(string rounding)
    {
        if (Exponent >= 0)
        {
            return Mantissa << Exponent;
        }

        BigInteger down = Mantissa >> -Exponent, rest = Mantissa - (down << -Exponent), half = BigInteger.One << (-Exponent - 1);
        return rounding switch
        {
            "rmi" => down,
            "rpi" => rest.IsZero ? down : down + 1,
            "rzi" => rest.IsZero || Mantissa.Sign > 0 ? down : down + 1,
            _ => rest > half || (rest == half && !down.IsEven) ? down + 1 : down,
        };
    }

    private static ExactNumber OfBits(ulong bits, int fraction, int exponentBits)
    {
        int exponent = (int)((bits >> fraction) & ((1UL << exponentBits) - 1));
        ulong mantissa = (bits & ((1UL << fraction) - 1)) | (exponent == 0 ? 0 : 1UL << fraction);
        BigInteger signed = bits >> (fraction + exponentBits) == 0 ? mantissa : -(BigInteger)mantissa;
        return new ExactNumber(signed, Math.Max(exponent, 1) - (1 << (exponentBits - 1)) + 1 - fraction);
    }

    private ulong ToBits(int fraction, int exponentBits)
    {
        int bias = (1 << (exponentBits - 1)) - 1;
        BigInteger magnitude = BigInteger.Abs(Mantissa);

        // The last place of the result; below the normal numbers it stays where it is.
        int place = Math.Max((int)magnitude.GetBitLength() + Exponent - 1, 1 - bias) - fraction;
        ulong kept = (ulong)new ExactNumber(magnitude, Exponent - place).ToInteger("rni");

        // With the leading bit added, not set, a subnormal keeps exponent 0, and what was rounded up to a power of two gets the next one.
        ulong bits = kept + ((ulong)(place + bias + fraction - 1) << fraction);
        ulong infinity = ((1UL << exponentBits) - 1) << fraction;
        ulong sign = Mantissa.Sign < 0 ? 1UL << (fraction + exponentBits) : 0;
        return sign | Math.Min(bits, infinity);
    }
}
