using System.Globalization;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>Reads the text of a module: its header, its variables and its kernels, up to their bodies.</summary>
internal sealed class PtxParser
{
    private readonly string _text;
    private readonly PtxToken[] _tokens;
    private int _at;

    /// <summary>A parser of a text.</summary>
    /// <param name="text">The whole module.</param>
    public PtxParser(string text)
    {
        _text = text;
        _tokens = PtxLexer.Cut(text);
    }

    /// <summary>The variables of the module, in order.</summary>
    public List<PtxVariable> Variables { get; } = [];

    /// <summary>The kernels, in order.</summary>
    public List<KernelSource> Kernels { get; } = [];

    /// <summary>The token that is read next.</summary>
    public PtxToken Peek => _tokens[_at];

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="EmulationException">The text is malformed or uses something unsupported.</exception>
    public void Read()
    {
        Expect(".version");
        ReadVersion();
        Expect(".target");
        PtxToken target = Next();
        if (!target.Text.StartsWith("sm_", StringComparison.Ordinal) || target.Text.EndsWith('a'))
        {
            throw Fault(target, $"the target '{target.Text}' is not a plain sm_NN; compile for sm_70");
        }

        Expect(".address_size");
        Expect("64");
        while (Peek.Text.Length > 0)
        {
            ReadDirective();
        }
    }

    /// <summary>Takes a token.</summary>
    public PtxToken Next() => Peek.Text.Length > 0 ? _tokens[_at++] : throw Fault(Peek, "the text ends unexpectedly");

    /// <summary>Takes a token that must be there.</summary>
    /// <param name="text">The word or sign.</param>
    public void Expect(string text)
    {
        PtxToken token = Next();
        if (!token.Is(text))
        {
            throw Fault(token, $"expected '{text}', got '{token.Text}'");
        }
    }

    /// <summary>Takes a token if it is there.</summary>
    /// <param name="text">The word or sign.</param>
    public bool Accept(string text)
    {
        bool there = Peek.Is(text);
        _at += there ? 1 : 0;
        return there;
    }

    /// <summary>Takes a whole number of 0 or more.</summary>
    public int NextCount()
    {
        PtxToken token = Next();
        return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : throw Fault(token, $"expected a count, got '{token.Text}'");
    }

    /// <summary>The exception for a faulty token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="what">The fault.</param>
    public EmulationException Fault(PtxToken token, string what)
    {
        int start = token.Start == 0 ? 0 : _text.LastIndexOf('\n', token.Start - 1) + 1;
        int end = _text.IndexOf('\n', token.Start);
        string line = _text[start..(end < 0 ? _text.Length : end)].Trim();
        return new EmulationException($"PTX line {token.Line}: {what}: '{line}'.");
    }

    /// <summary>The text from a token up to the last one taken, whitespace collapsed.</summary>
    /// <param name="first">The first token.</param>
    public string TextFrom(PtxToken first)
    {
        PtxToken last = _tokens[_at - 1];
        return string.Join(' ', _text[first.Start..(last.Start + last.Text.Length)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Reads a variable from its alignment or type on: ".align 4 .b8 name[8] = {...};".</summary>
    /// <param name="space">Its state space.</param>
    public PtxVariable ReadVariable(MemorySpace space)
    {
        PtxToken first = Peek;
        int alignment = Accept(".align") ? NextCount() : 0;
        int element = ElementBytes(Next());
        string name = Next().Text;
        long count = 1;
        while (Accept("["))
        {
            if (Peek.Is("]"))
            {
                throw Fault(first, $"'{name}' has no size; dynamic shared memory is not supported, give it a size");
            }

            count *= NextCount();
            Expect("]");
        }

        byte[] contents = Accept("=") ? ReadContents(element) : [];
        Expect(";");
        alignment = Math.Max(alignment, alignment == 0 ? element : 1);
        if (count * element is <= 0 or > int.MaxValue / 2 || contents.Length > count * element || !int.IsPow2(alignment))
        {
            throw Fault(first, $"the size, alignment or contents of the variable '{name}' are invalid");
        }

        return new PtxVariable(space, name, (int)(count * element), alignment, contents);
    }

    /// <summary>The bits of a type such as .u32, or 1 for .pred.</summary>
    /// <param name="token">The type.</param>
    public int TypeBits(PtxToken token) => token.Text switch
    {
        ".pred" => 1,
        ".b8" or ".u8" or ".s8" => 8,
        ".b16" or ".u16" or ".s16" => 16,
        ".b32" or ".u32" or ".s32" or ".f32" => 32,
        ".b64" or ".u64" or ".s64" or ".f64" => 64,
        _ => throw Fault(token, $"the type '{token.Text}' is not supported"),
    };

    private void ReadVersion()
    {
        PtxToken version = Next();
        if (!Version.TryParse(version.Text, out Version? parsed) || parsed < new Version(6, 0) || parsed > new Version(8, 0))
        {
            throw Fault(version, $"the PTX version '{version.Text}' is not from 6.0 to 8.0; compile for 6.4");
        }
    }

    private void ReadDirective()
    {
        PtxToken token = Next();
        switch (token.Text)
        {
            case ".visible" or ".weak":
                break;
            case ".entry":
                ReadKernel();
                break;
            case ".global":
                Variables.Add(ReadVariable(MemorySpace.Global));
                break;
            case ".const":
                Variables.Add(ReadVariable(MemorySpace.Const));
                break;
            case ".shared":
                Variables.Add(ReadVariable(MemorySpace.Shared));
                break;
            default:
                throw Fault(token, $"the directive '{token.Text}' is not supported in a module; only kernels and static variables are");
        }
    }

    private void ReadKernel()
    {
        PtxToken name = Next();
        KernelSource kernel = new(name.Text, name.Line);
        if (Kernels.Exists(other => other.Name == kernel.Name))
        {
            throw Fault(name, $"the kernel '{name.Text}' is defined twice");
        }

        Expect("(");
        while (!Accept(")"))
        {
            ReadParameter(kernel);
            _ = Accept(",");
        }

        while (!Accept("{"))
        {
            ReadPerformanceDirective(kernel);
        }

        new BodyParser(this, kernel).Read();
        Kernels.Add(kernel);
    }

    private void ReadParameter(KernelSource kernel)
    {
        Expect(".param");
        int alignment = Accept(".align") ? NextCount() : 0;
        PtxToken type = Next();
        int size = ElementBytes(type);
        alignment = alignment == 0 ? size : alignment;
        string name = Next().Text;
        if (Accept("["))
        {
            size *= NextCount();
            Expect("]");
        }

        if (!int.IsPow2(alignment) || size == 0)
        {
            throw Fault(type, $"the size or alignment of the parameter '{name}' is invalid");
        }

        PtxParameter? last = kernel.Parameters.LastOrDefault();
        int offset = last is null ? 0 : (last.Offset + last.Size + alignment - 1) / alignment * alignment;
        kernel.Parameters.Add(new PtxParameter(name, offset, size, alignment));
    }

    private void ReadPerformanceDirective(KernelSource kernel)
    {
        PtxToken token = Next();
        List<int> numbers = [NextCount()];
        while (Accept(","))
        {
            numbers.Add(NextCount());
        }

        int threads = numbers.Aggregate(1, (product, number) => product * number);
        switch (token.Text)
        {
            case ".maxntid" when threads > 0:
                kernel.MaxThreads = Math.Min(threads, 1024);
                break;
            case ".reqntid" when threads > 0:
                kernel.MaxThreads = Math.Min(threads, 1024);
                kernel.RequiredBlock = ((uint)numbers[0], numbers.Count > 1 ? (uint)numbers[1] : 1, numbers.Count > 2 ? (uint)numbers[2] : 1);
                break;
            case ".minnctapersm" or ".maxnreg":
                break;
            default:
                throw Fault(token, $"the directive '{token.Text}' is not supported before the body of a kernel");
        }
    }

    private int ElementBytes(PtxToken type)
    {
        int bits = TypeBits(type);
        return bits >= 8 ? bits / 8 : throw Fault(type, "a predicate cannot be stored in memory");
    }

    private byte[] ReadContents(int element)
    {
        List<byte> bytes = [];
        bool list = Accept("{");
        do
        {
            PtxToken token = Next();
            if (!PtxNumber.TryParse(token.Text, out ulong value, out _))
            {
                throw Fault(token, $"'{token.Text}' is not a number; initializers that hold addresses are not supported");
            }

            for (int b = 0; b < element; b++)
            {
                bytes.Add((byte)(value >> (8 * b)));
            }
        }
        while (list && Accept(","));
        if (list)
        {
            Expect("}");
        }

        return [.. bytes];
    }
}
