using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>
/// The registers of a kernel and their slots. Constants and special registers get slots as well, so that no instruction tells them apart: these
/// are numbered from <see cref="FixedFlag"/> on while a kernel is decoded, and lie behind the registers in the end.
/// </summary>
internal sealed class RegisterTable
{
    /// <summary>The bit that marks the slot of a constant or a special register.</summary>
    public const int FixedFlag = 0x8000;

    private readonly Dictionary<string, int> _widths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Width, int Count)> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, ushort> _constants = [];
    private readonly Dictionary<SpecialRegister, ushort> _specials = [];
    private int _fixed;

    /// <summary>The number of slots of the registers.</summary>
    public int Count { get; private set; }

    /// <summary>The number of slots of the constants and special registers.</summary>
    public int FixedCount => _fixed;

    /// <summary>The constants: per value, its slot, flagged.</summary>
    public IReadOnlyDictionary<ulong, ushort> Constants => _constants;

    /// <summary>The special registers that the kernel reads: per register, its slot, flagged.</summary>
    public IReadOnlyDictionary<SpecialRegister, ushort> Specials => _specials;

    /// <summary>Declares one register.</summary>
    /// <param name="name">Its name. A name declared again, in another scope, is another register.</param>
    /// <param name="width">Its width in bits: 1, 16, 32 or 64.</param>
    public void Declare(string name, int width)
    {
        _widths[name] = width;
        _slots.Remove(name);
    }

    /// <summary>Declares the registers prefix0 to prefix(count - 1).</summary>
    /// <param name="prefix">The beginning of their names.</param>
    /// <param name="width">Their width in bits: 1, 16, 32 or 64.</param>
    /// <param name="count">How many.</param>
    public void DeclareFamily(string prefix, int width, int count) => _families[prefix] = (width, count);

    /// <summary>Finds a register.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="width">Its width in bits.</param>
    /// <param name="slot">Its slot.</param>
    /// <returns>Whether it was declared.</returns>
    public bool TryFind(string name, out int width, out ushort slot)
    {
        slot = 0;
        if (!_widths.TryGetValue(name, out width))
        {
            string prefix = name.TrimEnd("0123456789".ToCharArray());
            if (prefix.Length == name.Length || !_families.TryGetValue(prefix, out (int Width, int Count) family)
                || !int.TryParse(name.AsSpan(prefix.Length), out int index) || index >= family.Count)
            {
                return false;
            }

            width = family.Width;
        }

        if (!_slots.TryGetValue(name, out slot))
        {
            _slots[name] = slot = Scratch();
        }

        return true;
    }

    /// <summary>A new nameless register.</summary>
    public ushort Scratch() => Count < FixedFlag
        ? (ushort)Count++
        : throw new EmulationException($"PTX: a kernel has more than {FixedFlag} registers; split it.");

    /// <summary>The slot of a constant.</summary>
    /// <param name="value">Its bits, zeros above its width.</param>
    public ushort Constant(ulong value)
    {
        if (!_constants.TryGetValue(value, out ushort slot))
        {
            _constants[value] = slot = NextFixed();
        }

        return slot;
    }

    /// <summary>The slot of a special register.</summary>
    /// <param name="register">Which.</param>
    public ushort Special(SpecialRegister register)
    {
        if (!_specials.TryGetValue(register, out ushort slot))
        {
            _specials[register] = slot = NextFixed();
        }

        return slot;
    }

    /// <summary>The slot of a register in the finished kernel.</summary>
    /// <param name="slot">A slot, flagged or not.</param>
    public ushort Final(ushort slot) => slot < FixedFlag ? slot : (ushort)(Count + (slot & (FixedFlag - 1)));

    private ushort NextFixed() => _fixed < FixedFlag - Count
        ? (ushort)(FixedFlag | _fixed++)
        : throw new EmulationException($"PTX: a kernel has more than {FixedFlag} registers and constants; split it.");
}

/// <summary>The special registers that kernels may read, all of 32 bits.</summary>
internal enum SpecialRegister
{
    /// <summary>%tid.x.</summary>
    ThreadX,

    /// <summary>%tid.y.</summary>
    ThreadY,

    /// <summary>%tid.z.</summary>
    ThreadZ,

    /// <summary>%laneid.</summary>
    Lane,

    /// <summary>%ntid.x.</summary>
    BlockSizeX,

    /// <summary>%ntid.y.</summary>
    BlockSizeY,

    /// <summary>%ntid.z.</summary>
    BlockSizeZ,

    /// <summary>%nctaid.x.</summary>
    GridSizeX,

    /// <summary>%nctaid.y.</summary>
    GridSizeY,

    /// <summary>%nctaid.z.</summary>
    GridSizeZ,

    /// <summary>%ctaid.x.</summary>
    BlockX,

    /// <summary>%ctaid.y.</summary>
    BlockY,

    /// <summary>%ctaid.z.</summary>
    BlockZ,
}
