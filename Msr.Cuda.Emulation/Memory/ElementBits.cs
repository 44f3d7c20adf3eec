using System.Runtime.InteropServices;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>Elements of 1, 2, 4 or 8 bytes in memory, and as registers hold them.</summary>
internal static class ElementBits
{
    /// <summary>Reads an element.</summary>
    /// <param name="bytes">Memory from its first byte on.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <returns>Its bits, zeros above.</returns>
    public static ulong Get(ReadOnlySpan<byte> bytes, int size) => size switch
    {
        1 => bytes[0],
        2 => MemoryMarshal.Read<ushort>(bytes),
        4 => MemoryMarshal.Read<uint>(bytes),
        _ => MemoryMarshal.Read<ulong>(bytes),
    };

    /// <summary>Writes an element.</summary>
    /// <param name="bytes">Memory from its first byte on.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="value">Its bits; what is above its size is left out.</param>
    public static void Put(Span<byte> bytes, int size, ulong value)
    {
        switch (size)
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                MemoryMarshal.Write(bytes, (ushort)value);
                break;
            case 4:
                MemoryMarshal.Write(bytes, (uint)value);
                break;
            default:
                MemoryMarshal.Write(bytes, value);
                break;
        }
    }
}
