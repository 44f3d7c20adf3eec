using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>Turns the statements of a kernel into instructions whose operands are slots. Families of opcodes have decoders of their own.</summary>
internal sealed class KernelDecoder
{
    private readonly KernelSource _source;
    private readonly List<Instruction> _code = [];
    private readonly List<int> _statements = [];
    private readonly List<(ushort[] Reads, ushort[] Writes)> _traffic = [];
    private readonly List<(int Index, PtxStatement Statement)> _branches = [];
    private readonly List<int> _starts = [];
    private int _accesses;

    private KernelDecoder(KernelSource source, ModuleLayout module)
    {
        (_source, Layout) = (source, new KernelLayout(source, module));
    }

    /// <summary>The addresses that the kernel can name.</summary>
    public KernelLayout Layout { get; }

    /// <summary>The registers of the kernel.</summary>
    public RegisterTable Registers => _source.Registers;

    /// <summary>Decodes a kernel.</summary>
    /// <param name="source">The parsed kernel.</param>
    /// <param name="module">The variables of the module.</param>
    /// <exception cref="EmulationException">An instruction is unknown or malformed.</exception>
    public static PtxKernel Decode(KernelSource source, ModuleLayout module)
    {
        KernelDecoder decoder = new(source, module);
        foreach (PtxStatement statement in source.Statements)
        {
            decoder.Decode(statement);
        }

        return decoder.Finish(module);
    }

    /// <summary>Appends an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="reads">The slots that it reads.</param>
    /// <param name="writes">The slots that it writes.</param>
    public void Emit(in Instruction instruction, ushort[] reads, ushort[] writes)
    {
        _code.Add(instruction);
        _statements.Add(_starts.Count - 1);
        _traffic.Add((reads, writes));
    }

    /// <summary>Appends an operation of one source.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="d">The slot of the result.</param>
    /// <param name="a">The slot of the source.</param>
    public void Emit(Opcode op, ushort d, ushort a) => Emit(new Instruction { Op = op, D = d, A = a }, [a], [d]);

    /// <summary>Appends an operation of two sources.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="d">The slot of the result.</param>
    /// <param name="a">The slot of the first source.</param>
    /// <param name="b">The slot of the second source.</param>
    public void Emit(Opcode op, ushort d, ushort a, ushort b) => Emit(new Instruction { Op = op, D = d, A = a, B = b }, [a, b], [d]);

    /// <summary>A number for the next memory access, under which its last block is remembered.</summary>
    public int NextAccess() => _accesses++;

    /// <summary>Finds the slot of a source.</summary>
    /// <param name="statement">The statement, for messages.</param>
    /// <param name="operand">A register, a special register, a number or the name of a variable.</param>
    /// <param name="width">Its width in bits.</param>
    /// <param name="orWider">Whether a wider register will do.</param>
    public ushort Source(PtxStatement statement, PtxOperand operand, int width, bool orWider = false)
    {
        if (operand.Kind != PtxOperand.Form.Plain || (operand.Negated && width != 1))
        {
            throw statement.Fault("an operand has the wrong form for this instruction");
        }

        if (Registers.TryFind(operand.Text, out int declared, out ushort slot))
        {
            CheckWidth(statement, operand.Text, declared, width, orWider);
            if (!operand.Negated)
            {
                return slot;
            }

            ushort inverted = Registers.Scratch();
            Emit(Opcode.NotPredicate, inverted, slot);
            return inverted;
        }

        return Fixed(statement, operand, width);
    }

    /// <summary>Finds the slot of a result.</summary>
    /// <param name="statement">The statement, for messages.</param>
    /// <param name="operand">A register, or _ for a result that is dropped.</param>
    /// <param name="width">Its width in bits.</param>
    /// <param name="orWider">Whether a wider register will do.</param>
    public ushort Destination(PtxStatement statement, PtxOperand operand, int width, bool orWider = false)
    {
        if (operand is { Kind: PtxOperand.Form.Plain, Text: "_" })
        {
            return Registers.Scratch();
        }

        if (operand.Kind != PtxOperand.Form.Plain || operand.Negated || !Registers.TryFind(operand.Text, out int declared, out ushort slot))
        {
            throw statement.Fault($"'{operand.Text}' is not a declared register");
        }

        CheckWidth(statement, operand.Text, declared, width, orWider);
        return slot;
    }

    /// <summary>The declared width of a register operand in bits, or a fallback for anything else.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="otherwise">The fallback.</param>
    public int WidthOf(PtxOperand operand, int otherwise) => Registers.TryFind(operand.Text, out int width, out _) ? width : otherwise;

    /// <summary>Refuses a wrong number of operands.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="count">How many it takes.</param>
    public static void RequireOperands(PtxStatement statement, int count)
    {
        if (statement.Operands.Length != count)
        {
            throw statement.Fault($"'{statement.Opcode}' takes {count} operands, not {statement.Operands.Length}");
        }
    }

    private static int Width(char shape) => shape switch { 'p' => 1, 'h' => 16, 'w' => 32, _ => 64 };

    private static void CheckWidth(PtxStatement statement, string name, int declared, int width, bool orWider)
    {
        if (declared != width && !(orWider && declared > width && width > 1))
        {
            throw statement.Fault($"the register '{name}' has {declared} bits, not the required {width}");
        }
    }

    private static bool TrySpecial(string name, out SpecialRegister register)
    {
        (bool found, register) = name switch
        {
            "%tid.x" => (true, SpecialRegister.ThreadX),
            "%tid.y" => (true, SpecialRegister.ThreadY),
            "%tid.z" => (true, SpecialRegister.ThreadZ),
            "%laneid" => (true, SpecialRegister.Lane),
            "%ntid.x" => (true, SpecialRegister.BlockSizeX),
            "%ntid.y" => (true, SpecialRegister.BlockSizeY),
            "%ntid.z" => (true, SpecialRegister.BlockSizeZ),
            "%nctaid.x" => (true, SpecialRegister.GridSizeX),
            "%nctaid.y" => (true, SpecialRegister.GridSizeY),
            "%nctaid.z" => (true, SpecialRegister.GridSizeZ),
            "%ctaid.x" => (true, SpecialRegister.BlockX),
            "%ctaid.y" => (true, SpecialRegister.BlockY),
            "%ctaid.z" => (true, SpecialRegister.BlockZ),
            _ => (false, default),
        };
        return found;
    }

    private ushort Fixed(PtxStatement statement, PtxOperand operand, int width)
    {
        if (operand.Text == "WARP_SZ")
        {
            return Registers.Constant(32);
        }

        if (PtxNumber.TryParse(operand.Text, out ulong value, out int floatBits))
        {
            if ((floatBits != 0 && floatBits != width) || operand.Negated)
            {
                throw statement.Fault($"the number '{operand.Text}' does not have the required {width} bits");
            }

            return Registers.Constant(width == 1 ? Math.Min(value, 1) : width == 64 ? value : value & ((1UL << width) - 1));
        }

        if (width == 32 && TrySpecial(operand.Text, out SpecialRegister special))
        {
            return Registers.Special(special);
        }

        return width >= 32 && Layout.TryFind(operand.Text, out _, out ulong address) && (width == 64 || address <= uint.MaxValue)
            ? Registers.Constant(address)
            : throw statement.Fault($"'{operand.Text}' is not a known register, number or variable");
    }

    private void Decode(PtxStatement statement)
    {
        _starts.Add(_code.Count);
        int guard = -1;
        if (statement.Guard.Length > 0)
        {
            PtxOperand name = new(PtxOperand.Form.Plain, statement.Guard, 0, Negated: false, []);
            if (!Registers.TryFind(statement.Guard, out int width, out _) || width != 1)
            {
                throw statement.Fault($"'{statement.Guard}' is not a declared predicate");
            }

            guard = statement.Opcode.StartsWith("bra", StringComparison.Ordinal) ? -1 : _code.Count;
            ushort slot = Source(statement, name, 1);
            if (guard < 0)
            {
                _branches.Add((_code.Count, statement));
                Emit(new Instruction { Op = statement.GuardNegated ? Opcode.BranchIfNot : Opcode.BranchIf, A = slot }, [slot], []);
                return;
            }

            Emit(new Instruction { Op = statement.GuardNegated ? Opcode.BranchIf : Opcode.BranchIfNot, A = slot }, [slot], []);
        }

        DecodeUnguarded(statement);
        if (guard >= 0)
        {
            _code[guard] = _code[guard] with { Target = _code.Count };
        }
    }

    private void DecodeUnguarded(PtxStatement statement)
    {
        string family = statement.Opcode.Split('.')[0];
        switch (family)
        {
            case "bra":
                _branches.Add((_code.Count, statement));
                Emit(new Instruction { Op = Opcode.Branch }, [], []);
                break;
            case "ret" or "exit" or "bar" or "shfl" or "vote":
                ControlDecoder.Decode(this, statement);
                break;
            case "ld" or "st":
                MemoryDecoder.Decode(this, statement);
                break;
            case "atom" or "red":
                AtomicDecoder.Decode(this, statement);
                break;
            case "cvta":
                MemoryDecoder.DecodeAddress(this, statement);
                break;
            case "setp":
                CompareDecoder.Decode(this, statement);
                break;
            case "mov" when statement.Operands.Any(operand => operand.Kind == PtxOperand.Form.Vector):
                ConvertDecoder.DecodePacking(this, statement);
                break;
            case "cvt" when OpcodeTable.Find(statement.Opcode) is null:
                ConvertDecoder.Decode(this, statement);
                break;
            default:
                DecodePlain(statement);
                break;
        }
    }

    private void DecodePlain(PtxStatement statement)
    {
        if (OpcodeTable.Find(statement.Opcode) is not { } form)
        {
            throw statement.Fault($"the opcode '{statement.Opcode}' is not supported; check the compiler's target, or add the opcode to the emulation");
        }

        RequireOperands(statement, form.Shape.Length);
        Span<ushort> slots = stackalloc ushort[5];
        slots.Clear();
        for (int i = 1; i < form.Shape.Length; i++)
        {
            slots[i] = Source(statement, statement.Operands[i], Width(form.Shape[i]));
            if (form.Extend is { } extend && form.Shape[i] == 'h')
            {
                ushort wide = Registers.Scratch();
                Emit(extend, wide, slots[i]);
                slots[i] = wide;
            }
        }

        ushort result = Destination(statement, statement.Operands[0], Width(form.Shape[0]));
        Instruction instruction = new() { Op = form.Op, D = result, A = slots[1], B = slots[2], C = slots[3], E = slots[4] };
        Emit(instruction, slots[1..form.Shape.Length].ToArray(), [result]);
        if (form.Cut is { } cut)
        {
            Emit(cut, result, result);
        }
    }

    private PtxKernel Finish(ModuleLayout module)
    {
        if (_code.Count == 0 || _code[^1].Op is not (Opcode.Exit or Opcode.Branch) || _source.Statements[^1].Guard.Length > 0)
        {
            throw new EmulationException($"PTX line {_source.Line}: the kernel '{_source.Name}' runs past its end; end it with ret.");
        }

        foreach ((int index, PtxStatement statement) in _branches)
        {
            RequireOperands(statement, 1);
            if (statement.Opcode is not ("bra" or "bra.uni") || !_source.Labels.TryGetValue(statement.Operands[0].Text, out int label)
                || label == _starts.Count)
            {
                throw statement.Fault($"the target '{statement.Operands[0].Text}' of '{statement.Opcode}' is not a label of this kernel");
            }

            _code[index] = _code[index] with { Target = _starts[label] };
        }

        Instruction[] code = [.. _code];
        int[] uninitialized = new DefiniteAssignment(code, _traffic, Registers.Count).FindUninitialized();
        for (int i = 0; i < code.Length; i++)
        {
            ref Instruction at = ref code[i];
            (at.D, at.A, at.B, at.C) = (Registers.Final(at.D), Registers.Final(at.A), Registers.Final(at.B), Registers.Final(at.C));
            (at.E, at.F) = (Registers.Final(at.E), Registers.Final(at.F));
        }

        UninitializedRead[] reads = new UninitializedRead[uninitialized.Length];
        for (int k = 0; k < uninitialized.Length; k++)
        {
            ushort[] slots = Array.FindAll(_traffic[uninitialized[k]].Reads, slot => slot < RegisterTable.FixedFlag);
            reads[k] = new UninitializedRead(code[uninitialized[k]], slots);
            code[uninitialized[k]] = new Instruction { Op = Opcode.Checked, Target = k };
        }

        return new PtxKernel(_source, Layout, module, new PtxCode(code, [.. _statements], reads, _accesses));
    }
}
