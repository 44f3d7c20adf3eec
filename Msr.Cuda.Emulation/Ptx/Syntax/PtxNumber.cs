using System.Globalization;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>Numbers as PTX writes them.</summary>
internal static class PtxNumber
{
    /// <summary>Reads a number: decimal with a sign, 0x hexadecimal, 0f and 0d floating point as bits.</summary>
    /// <param name="text">The number.</param>
    /// <param name="value">Its bits; an integer is extended to 64 bits by its sign.</param>
    /// <param name="floatBits">32 or 64 for floating point, 0 for an integer.</param>
    /// <returns>Whether it is a number.</returns>
    public static bool TryParse(string text, out ulong value, out int floatBits)
    {
        floatBits = 0;
        if (text.Length == 10 && (text.StartsWith("0f", StringComparison.Ordinal) || text.StartsWith("0F", StringComparison.Ordinal)))
        {
            floatBits = 32;
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        if (text.Length == 18 && (text.StartsWith("0d", StringComparison.Ordinal) || text.StartsWith("0D", StringComparison.Ordinal)))
        {
            floatBits = 64;
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        ReadOnlySpan<char> digits = text.AsSpan();
        bool negative = digits.StartsWith("-", StringComparison.Ordinal);
        digits = negative ? digits[1..] : digits;
        digits = digits.EndsWith("U", StringComparison.Ordinal) ? digits[..^1] : digits;
        bool hexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        bool read = ulong.TryParse(hexadecimal ? digits[2..] : digits, style, CultureInfo.InvariantCulture, out value);
        value = negative ? 0 - value : value;
        return read;
    }
}
