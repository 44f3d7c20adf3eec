using System.Globalization;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Turns the text of instructions into what the machine runs, and gives every register, constant and special register its place.</summary>
/// <param name="symbols">The addresses of parameters and shared arrays.</param>
/// <param name="labels">The instruction each label stands before.</param>
internal sealed class InstructionDecoder(IReadOnlyDictionary<string, ulong> symbols, IReadOnlyDictionary<string, int> labels)
{
    private static readonly string[] s_specials =
    [
        "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid",
    ];

    private readonly Dictionary<string, int> _registers = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, int> _constants = [];
    private readonly Dictionary<string, int> _specials = new(StringComparer.Ordinal);
    private int _line;
    private string _text = "";

    /// <summary>The number of places given away so far.</summary>
    public int Registers { get; private set; }

    /// <summary>The places of constants.</summary>
    public IEnumerable<(int Register, ulong Value)> Constants => _constants.Select(static pair => (pair.Value, pair.Key));

    /// <summary>The places of special registers.</summary>
    public IEnumerable<(int Register, string Name)> Specials => _specials.Select(static pair => (pair.Value, pair.Key));

    /// <summary>The bytes of a type; 0 for one that is not known.</summary>
    /// <param name="type">The type, such as <c>f32</c>.</param>
    public static int BytesOf(string type) => type switch
    {
        "u8" or "s8" or "b8" => 1,
        "u16" or "s16" or "b16" => 2,
        "u32" or "s32" or "b32" or "f32" => 4,
        "u64" or "s64" or "b64" or "f64" => 8,
        _ => 0,
    };

    /// <summary>Decodes one instruction.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="line">Its line.</param>
    /// <exception cref="EmulationException">The machine does not know it.</exception>
    public PtxInstruction Decode(string text, int line)
    {
        (_text, _line) = (text, line);
        PtxInstruction instruction = new() { Guard = -1, Line = line, Elements = [] };
        string rest = Unfolded(text).TrimEnd(';').Trim();
        if (rest.StartsWith('@'))
        {
            int space = rest.IndexOfAny([' ', '\t']);
            instruction.GuardInverted = rest[1] == '!';
            instruction.Guard = Place(rest[(instruction.GuardInverted ? 2 : 1)..space]);
            rest = rest[space..].Trim();
        }

        int end = rest.IndexOfAny([' ', '\t']);
        string opcode = end < 0 ? rest : rest[..end];
        string[] operands = end < 0 ? [] : Operands(rest[end..]);
        Decode(ref instruction, opcode, operands);
        return instruction;
    }

    /// <summary>How clang takes the high half of a word: <c>{ .reg .b32 tmp; mov.b64 {tmp, %r5}, %rd12; }</c> becomes a shift.</summary>
    private static string Unfolded(string text)
    {
        const string before = "{ .reg .b32 tmp; mov.b64 {tmp, ", between = "}, ", after = "; }";
        if (!text.StartsWith(before, StringComparison.Ordinal) || !text.EndsWith(after, StringComparison.Ordinal))
        {
            return text;
        }

        string[] operands = text[before.Length..^after.Length].Split(between);
        return operands is [var high, var word] ? $"shr.u64 {high}, {word}, 32" : text;
    }

    private unsafe void Decode(ref PtxInstruction instruction, string opcode, string[] operands)
    {
        if (ArithmeticTable.TryFind(opcode, out int sources, out var function))
        {
            Require(operands.Length == sources + 1, $"{opcode} takes {sources + 1} operands");
            instruction.Kind = PtxKind.Arithmetic;
            instruction.Arithmetic = function;
            instruction.Destination = Place(operands[0]);
            instruction.A = Place(operands[1]);
            instruction.B = sources > 1 ? Place(operands[2]) : 0;
            instruction.C = sources > 2 ? Place(operands[3]) : 0;
            return;
        }

        switch (opcode)
        {
            case "bra" or "bra.uni":
                Require(operands.Length == 1 && labels.ContainsKey(operands[0]), "there is no such label");
                (instruction.Kind, instruction.Target) = (PtxKind.Branch, labels[operands[0]]);
                break;
            case "ret" or "exit":
                instruction.Kind = PtxKind.Exit;
                break;
            case "bar.sync":
                Require(operands is ["0"], "only barrier 0 of all threads is known");
                instruction.Kind = PtxKind.Barrier;
                break;
            case "shfl.sync.bfly.b32":
                DecodeShuffle(ref instruction, PtxKind.ShuffleButterfly, operands);
                break;
            case "shfl.sync.down.b32":
                DecodeShuffle(ref instruction, PtxKind.ShuffleDown, operands);
                break;
            case "shfl.sync.idx.b32":
                DecodeShuffle(ref instruction, PtxKind.ShuffleIndexed, operands);
                break;
            default:
                DecodeAccess(ref instruction, opcode.Split('.'), operands);
                break;
        }
    }

    private void DecodeShuffle(ref PtxInstruction instruction, PtxKind kind, string[] operands)
    {
        Require(operands is [_, _, _, "31", "-1"] && !operands[0].Contains('|', StringComparison.Ordinal), "only shuffles of all 32 lanes, without a predicate, are known");
        (instruction.Kind, instruction.Destination, instruction.A, instruction.B) = (kind, Place(operands[0]), Place(operands[1]), Place(operands[2]));
    }

    private void DecodeAccess(ref PtxInstruction instruction, string[] opcode, string[] operands)
    {
        bool isLoad = opcode[0] == "ld";
        PtxKind? kind = opcode switch
        {
            ["ld", "param", ..] => PtxKind.LoadParameter,
            ["ld", "global", ..] => PtxKind.LoadGlobal,
            ["st", "global", ..] => PtxKind.StoreGlobal,
            ["ld", "shared", ..] => PtxKind.LoadShared,
            ["st", "shared", ..] => PtxKind.StoreShared,
            _ => null,
        };
        string[] middle = opcode is [_, _, .. var between, _] ? between : [];
        int elements = middle switch { [] or ["nc"] => 1, ["v2"] or ["nc", "v2"] => 2, ["v4"] or ["nc", "v4"] => 4, _ => 0 };
        int size = BytesOf(opcode[^1]);
        Require(kind is not null && elements > 0 && size > 0, "the machine does not know this instruction");
        Require(operands.Length == 2, "an access takes a register and an address");
        (string register, string address) = isLoad ? (operands[0], operands[1]) : (operands[1], operands[0]);
        string[] registers = register.Trim('{', '}').Split(',', StringSplitOptions.TrimEntries);
        Require(registers.Length == elements, $"{elements} registers are moved");
        instruction.Kind = kind!.Value;
        instruction.Size = opcode[^1][0] == 's' ? -size : size;
        instruction.Elements = [.. registers.Select(Place)];
        (instruction.A, instruction.Offset) = Address(address);
    }

    private (int Register, long Offset) Address(string operand)
    {
        Require(operand.StartsWith('[') && operand.EndsWith(']'), "an address stands in brackets");
        string inner = operand[1..^1];
        int plus = inner.IndexOf('+', StringComparison.Ordinal);
        string start = plus < 0 ? inner : inner[..plus];
        long offset = plus < 0 ? 0 : long.Parse(inner[(plus + 1)..], CultureInfo.InvariantCulture);
        return (Place(start), offset);
    }

    /// <summary>The place of an operand in the register file.</summary>
    private int Place(string operand)
    {
        if (operand.StartsWith('%'))
        {
            bool special = operand.Contains('.', StringComparison.Ordinal) || operand == "%laneid";
            Require(!special || s_specials.Contains(operand, StringComparer.Ordinal), $"the machine has no {operand}");
            return Place(special ? _specials : _registers, operand);
        }

        if (symbols.TryGetValue(operand, out ulong address))
        {
            return Place(_constants, address);
        }

        Require(TryNumber(operand, out ulong value), $"'{operand}' is neither register, number nor symbol");
        return Place(_constants, value);
    }

    private int Place<TKey>(Dictionary<TKey, int> places, TKey key)
        where TKey : notnull
    {
        if (!places.TryGetValue(key, out int place))
        {
            place = Registers++;
            places.Add(key, place);
        }

        return place;
    }

    private static bool TryNumber(string operand, out ulong value)
    {
        if (operand.StartsWith("0f", StringComparison.Ordinal) || operand.StartsWith("0d", StringComparison.Ordinal) || operand.StartsWith("0x", StringComparison.Ordinal))
        {
            return ulong.TryParse(operand.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        bool signed = long.TryParse(operand, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        value = (ulong)number;
        return signed || ulong.TryParse(operand, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Splits at commas outside of braces.</summary>
    private static string[] Operands(string text)
    {
        List<string> operands = [];
        int depth = 0, start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                operands.Add(text[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            }
        }

        return [.. operands];
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new EmulationException($"line {_line}, '{_text}': {otherwise}");
        }
    }
}
