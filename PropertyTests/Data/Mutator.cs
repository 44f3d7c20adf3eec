using System.Buffers.Binary;
using Msr.Core.Numerics;

namespace PropertyTests.Data;

/// <summary>Damages files: bits, lengths, header fields and order. The same stream damages in the same way.</summary>
internal sealed class Mutator(RandomStream stream)
{
    private static readonly uint[] s_interesting = [0, 1, 2, 255, 256, 2049, 2051, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1fff_ffff];

    private ulong _position;

    internal int Below(int bound) => stream.Below(_position++, bound);

    internal byte[] Damage(byte[] file, byte[] donor, int headerFields, bool bigEndian)
    {
        byte[] mutant = [.. file];
        for (int left = 1 + Below(2); left > 0 && mutant.Length > 0; left--)
        {
            mutant = Below(5) switch
            {
                0 => FlipBits(mutant),
                1 => mutant[..Below(mutant.Length)],
                2 => [.. mutant, .. donor.AsSpan(0, 1 + Below(donor.Length))],
                3 => EditField(mutant, headerFields, bigEndian),
                _ => Splice(mutant, donor),
            };
        }

        return mutant;
    }

    private byte[] FlipBits(byte[] file)
    {
        // Half of the flips go to the first bytes, where the header is.
        for (int left = 1 + Below(8); left > 0; left--)
        {
            int range = Below(2) == 0 ? Math.Min(20, file.Length) : file.Length;
            file[Below(range)] ^= (byte)(1 << Below(8));
        }

        return file;
    }

    private byte[] EditField(byte[] file, int fields, bool bigEndian)
    {
        // The last field counts from the end: gzip keeps the length there.
        int field = Below(fields + 1);
        int offset = field == fields ? file.Length - 4 : 4 * field;
        if (offset < 0 || offset + 4 > file.Length)
        {
            return file;
        }

        Span<byte> place = file.AsSpan(offset, 4);
        uint old = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(place) : BinaryPrimitives.ReadUInt32LittleEndian(place);
        uint value = Below(3) switch
        {
            0 => s_interesting[Below(s_interesting.Length)],
            1 => old + (uint)Below(5) - 2,
            _ => stream.Word(_position++),
        };
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(place, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(place, value);
        }

        return file;
    }

    private byte[] Splice(byte[] file, byte[] donor)
    {
        byte[] source = Below(2) == 0 ? file : donor;
        int from = Below(source.Length);
        int length = Math.Min(1 + Below(64), source.Length - from);
        int to = Below(file.Length);
        int replaced = Below(2) == 0 ? length : 0;
        return [.. file.AsSpan(0, to), .. source.AsSpan(from, length), .. file.AsSpan(Math.Min(file.Length, to + replaced))];
    }
}
