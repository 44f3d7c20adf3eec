using System.Globalization;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Reads one kernel: its parameters, its shared memory and its instructions.</summary>
/// <param name="lines">The lines, at that of the kernel's name.</param>
/// <param name="moduleShared">The arrays in shared memory that belong to the module.</param>
internal sealed class KernelReader(PtxLines lines, IReadOnlyList<(string Name, int Size, int Alignment)> moduleShared)
{
    private const int MostThreads = 1024;
    private const int SharedGap = 64;

    private readonly List<PtxParameter> _parameters = [];
    private readonly List<(int Begin, int End)> _arrays = [];
    private readonly Dictionary<string, ulong> _symbols = new(StringComparer.Ordinal);
    private readonly List<(string Text, int Line)> _instructions = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private int _sharedBytes;

    /// <summary>Reads an array in shared memory: name, bytes, alignment.</summary>
    /// <param name="lines">The lines, for messages.</param>
    /// <param name="line">The declaration.</param>
    public static (string Name, int Size, int Alignment) ReadShared(PtxLines lines, string line)
    {
        // .shared .align 4 .b8 name[1024];
        string[] words = line.TrimEnd(';').Split([' ', '\t', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        return words is [".shared", ".align", var alignment, ".b8", var name, var size]
            ? (name, int.Parse(size, CultureInfo.InvariantCulture), int.Parse(alignment, CultureInfo.InvariantCulture))
            : throw lines.Fault("only static arrays of bytes are known in shared memory");
    }

    /// <summary>Reads the kernel to its closing brace.</summary>
    /// <exception cref="EmulationException">A line holds what the machine does not know.</exception>
    public PtxKernel Read()
    {
        string name = ReadHead();
        int maxThreads = ReadBounds();
        foreach ((string Name, int Size, int Alignment) array in moduleShared)
        {
            Place(array);
        }

        ReadBody();
        InstructionDecoder decoder = new(_symbols, _labels);
        PtxInstruction[] code = [.. _instructions.Select(instruction => decoder.Decode(instruction.Text, instruction.Line))];
        return new PtxKernel
        {
            Name = name,
            Parameters = [.. _parameters],
            MaxThreads = maxThreads,
            SharedBytes = _sharedBytes,
            SharedArrays = [.. _arrays],
            Code = code,
            Texts = [.. _instructions.Select(static instruction => instruction.Text)],
            Registers = decoder.Registers,
            Constants = [.. decoder.Constants],
            Specials = [.. decoder.Specials],
        };
    }

    private string ReadHead()
    {
        string head = lines.Current;
        string name = head[(head.IndexOf(".entry", StringComparison.Ordinal) + ".entry".Length)..].Split('(')[0].Trim();
        while (!head.Contains(')', StringComparison.Ordinal))
        {
            head = lines.Next();
            if (head.StartsWith(".param", StringComparison.Ordinal))
            {
                ReadParameter(head.TrimEnd(',', ')'));
            }
        }

        return name;
    }

    private void ReadParameter(string line)
    {
        // .param .u64 name   or   .param .align 4 .b8 name[48]
        string[] words = line.Split([' ', '\t', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        (string name, int size, int alignment) = words switch
        {
            [".param", ".align", var align, ".b8", var array, var bytes] =>
                (array, int.Parse(bytes, CultureInfo.InvariantCulture), int.Parse(align, CultureInfo.InvariantCulture)),
            [".param", var type, var scalar] => (scalar, InstructionDecoder.BytesOf(type.TrimStart('.')), InstructionDecoder.BytesOf(type.TrimStart('.'))),
            _ => throw lines.Fault("this parameter is not known"),
        };
        if (size == 0)
        {
            throw lines.Fault("this parameter is not known");
        }

        int end = _parameters.Count == 0 ? 0 : _parameters[^1].Offset + _parameters[^1].Size;
        PtxParameter parameter = new(name, RoundUp(end, alignment), size, alignment);
        _parameters.Add(parameter);
        _symbols[name] = (ulong)parameter.Offset;
    }

    private int ReadBounds()
    {
        int most = MostThreads;
        for (string line = lines.Next(); line != "{"; line = lines.Next())
        {
            string[] words = line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
            if (words is not [".maxntid", .. var extents])
            {
                throw lines.Fault("this bound of a kernel is not known");
            }

            most = extents.Aggregate(1, static (product, extent) => product * int.Parse(extent, CultureInfo.InvariantCulture));
        }

        return most;
    }

    private void ReadBody()
    {
        for (string line = lines.Next(); line != "}"; line = lines.Next())
        {
            if (line.EndsWith(':'))
            {
                _labels[line[..^1]] = _instructions.Count;
            }
            else if (line.StartsWith(".shared", StringComparison.Ordinal))
            {
                Place(ReadShared(lines, line));
            }
            else if (!line.StartsWith('.'))
            {
                _instructions.Add((line, lines.Number));
            }
            else if (!line.StartsWith(".reg", StringComparison.Ordinal) && !line.StartsWith(".pragma", StringComparison.Ordinal))
            {
                throw lines.Fault("this declaration is not known");
            }
        }
    }

    /// <summary>Gives an array its place. What lies between two arrays belongs to neither, so that overruns are noticed.</summary>
    private void Place((string Name, int Size, int Alignment) array)
    {
        int begin = RoundUp(_sharedBytes + SharedGap, Math.Max(array.Alignment, 16));
        _symbols[array.Name] = (ulong)begin;
        _arrays.Add((begin, begin + array.Size));
        _sharedBytes = begin + array.Size;
    }

    private static int RoundUp(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}
