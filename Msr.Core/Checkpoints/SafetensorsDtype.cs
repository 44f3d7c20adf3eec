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
