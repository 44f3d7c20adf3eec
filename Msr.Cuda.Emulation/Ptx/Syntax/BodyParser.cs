using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>Reads the body of a kernel: its registers, variables, labels and instructions.</summary>
/// <param name="parser">The reader of the module, just after the opening brace.</param>
/// <param name="kernel">The kernel to fill.</param>
internal sealed class BodyParser(PtxParser parser, KernelSource kernel)
{
    private static readonly PtxOperand[] NoItems = [];

    /// <summary>Reads up to the closing brace of the kernel.</summary>
    public void Read()
    {
        int depth = 1;
        while (depth > 0)
        {
            PtxToken token = parser.Next();
            switch (token.Text)
            {
                case "{":
                    depth++;
                    break;
                case "}":
                    depth--;
                    break;
                case ".reg":
                    ReadRegisters();
                    break;
                case ".local":
                    kernel.Variables.Add(parser.ReadVariable(MemorySpace.Local));
                    break;
                case ".shared":
                    kernel.Variables.Add(parser.ReadVariable(MemorySpace.Shared));
                    break;
                case ".pragma":
                    _ = parser.Next();
                    parser.Expect(";");
                    break;
                default:
                    ReadLabelOrStatement(token);
                    break;
            }
        }
    }

    private void ReadRegisters()
    {
        PtxToken type = parser.Next();
        int width = parser.TypeBits(type);
        if (width == 8)
        {
            throw parser.Fault(type, "a register must have 16, 32 or 64 bits or hold a predicate");
        }

        do
        {
            string name = parser.Next().Text;
            if (parser.Accept("<"))
            {
                kernel.Registers.DeclareFamily(name, width, parser.NextCount());
                parser.Expect(">");
            }
            else
            {
                kernel.Registers.Declare(name, width);
            }
        }
        while (parser.Accept(","));
        parser.Expect(";");
    }

    private void ReadLabelOrStatement(PtxToken first)
    {
        if (parser.Accept(":"))
        {
            if (!kernel.Labels.TryAdd(first.Text, kernel.Statements.Count))
            {
                throw parser.Fault(first, $"the label '{first.Text}' is defined twice");
            }

            return;
        }

        PtxToken token = first;
        string guard = "";
        bool negated = false;
        if (token.Is("@"))
        {
            negated = parser.Accept("!");
            guard = parser.Next().Text;
            token = parser.Next();
        }

        if (token.Text[0] is < 'a' or > 'z')
        {
            throw parser.Fault(token, $"'{token.Text}' is not a supported instruction, label or directive");
        }

        List<PtxOperand> operands = [];
        while (!parser.Peek.Is(";"))
        {
            operands.Add(ReadOperand());
            if (!parser.Accept(",") && !parser.Peek.Is(";"))
            {
                throw parser.Fault(parser.Peek, $"expected a comma or a semicolon, got '{parser.Peek.Text}'");
            }
        }

        string text = parser.TextFrom(first);
        parser.Expect(";");
        kernel.Statements.Add(new PtxStatement(first.Line, text, guard, negated, token.Text, [.. operands]));
    }

    private PtxOperand ReadOperand()
    {
        if (parser.Accept("["))
        {
            string start = parser.Next().Text;
            ulong offset = 0;
            if (parser.Accept("+"))
            {
                PtxToken number = parser.Next();
                if (!PtxNumber.TryParse(number.Text, out offset, out int floatBits) || floatBits != 0)
                {
                    throw parser.Fault(number, $"'{number.Text}' is not an offset");
                }
            }

            parser.Expect("]");
            return new PtxOperand(PtxOperand.Form.Address, start, (long)offset, Negated: false, NoItems);
        }

        if (parser.Accept("{"))
        {
            List<PtxOperand> items = [];
            do
            {
                items.Add(ReadPlain());
            }
            while (parser.Accept(","));
            parser.Expect("}");
            return new PtxOperand(PtxOperand.Form.Vector, "", 0, Negated: false, [.. items]);
        }

        PtxOperand plain = ReadPlain();
        return parser.Accept("|") ? new PtxOperand(PtxOperand.Form.Pair, "", 0, Negated: false, [plain, ReadPlain()]) : plain;
    }

    private PtxOperand ReadPlain()
    {
        bool negated = parser.Accept("!");
        PtxToken token = parser.Next();
        return token.Text.Length > 1 || char.IsAsciiLetterOrDigit(token.Text[0]) || token.Is("_")
            ? new PtxOperand(PtxOperand.Form.Plain, token.Text, 0, negated, NoItems)
            : throw parser.Fault(token, $"expected an operand, got '{token.Text}'");
    }
}
