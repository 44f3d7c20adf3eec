namespace Msr.Core.Checkpoints;

/// <summary>The element types Msr reads and writes, by their names in the safetensors format; every one is stored little-endian.</summary>
public enum SafetensorsDtype
{
    /// <summary>IEEE 754 binary32, <see cref="float"/>.</summary>
    F32,

    /// <summary>IEEE 754 binary64, <see cref="double"/>.</summary>
    F64,

    /// <summary>64-bit two's complement, <see cref="long"/>.</summary>
    I64,

    /// <summary>32-bit two's complement, <see cref="int"/>.</summary>
    I32,

    /// <summary>8-bit unsigned, <see cref="byte"/>.</summary>
    U8,
}

/// <summary>The element types of the format: name, size and C# type.</summary>
internal static class DtypeTable
{
    /// <summary>The names, for messages.</summary>
    internal const string Known = "F32, F64, I64, I32 and U8";

    internal static int Size(SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 or SafetensorsDtype.I64 => 8,
        SafetensorsDtype.F32 or SafetensorsDtype.I32 => 4,
        SafetensorsDtype.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, $"An element type is one of {Known}."),
    };

    internal static string Name(SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F32 => "F32",
        SafetensorsDtype.F64 => "F64",
        SafetensorsDtype.I64 => "I64",
        SafetensorsDtype.I32 => "I32",
        SafetensorsDtype.U8 => "U8",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, $"An element type is one of {Known}."),
    };

    internal static SafetensorsDtype? Parse(string name) => name switch
    {
        "F32" => SafetensorsDtype.F32,
        "F64" => SafetensorsDtype.F64,
        "I64" => SafetensorsDtype.I64,
        "I32" => SafetensorsDtype.I32,
        "U8" => SafetensorsDtype.U8,
        _ => null,
    };

    /// <summary>The names of the format that Msr does not read: another message than for a name nobody knows.</summary>
    internal static bool IsForeign(string name) =>
        name is "BOOL" or "I8" or "I16" or "U16" or "U32" or "U64" or "F16" or "BF16" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "C64"
            or "F4" or "F6_E2M3" or "F6_E3M2";

    /// <exception cref="NotSupportedException">The format has no such element.</exception>
    internal static SafetensorsDtype Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return SafetensorsDtype.F32;
        }

        if (typeof(T) == typeof(double))
        {
            return SafetensorsDtype.F64;
        }

        if (typeof(T) == typeof(long))
        {
            return SafetensorsDtype.I64;
        }

        if (typeof(T) == typeof(int))
        {
            return SafetensorsDtype.I32;
        }

        return typeof(T) == typeof(byte)
            ? SafetensorsDtype.U8
            : throw new NotSupportedException($"Checkpoints hold float, double, long, int and byte, not {typeof(T).Name}.");
    }
}
