using System.Collections.Frozen;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// A module of PTX text, made ready to run. The variables of the module live in it: two modules of one text do not share them.
/// </summary>
internal sealed class PtxModule
{
    private PtxModule(FrozenDictionary<string, PtxKernel> kernels)
    {
        Kernels = kernels;
    }

    /// <summary>The kernels by name.</summary>
    public FrozenDictionary<string, PtxKernel> Kernels { get; }

    /// <summary>Reads and decodes a module.</summary>
    /// <param name="text">The text, as the compiler wrote it.</param>
    /// <exception cref="EmulationException">The text is malformed, or uses an unsupported instruction or directive.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        PtxParser parser = new(text);
        parser.Read();
        ModuleLayout layout = new(parser.Variables);
        return new PtxModule(parser.Kernels.Select(source => KernelDecoder.Decode(source, layout)).ToFrozenDictionary(k => k.Name, StringComparer.Ordinal));
    }
}

/// <summary>A kernel, ready to run.</summary>
internal sealed class PtxKernel
{
    private readonly KernelSource _source;
    private readonly KernelLayout _layout;

    /// <summary>A decoded kernel.</summary>
    /// <param name="source">The parsed kernel.</param>
    /// <param name="layout">The addresses that the kernel names.</param>
    /// <param name="module">The variables of its module.</param>
    /// <param name="code">Its decoded body.</param>
    public PtxKernel(KernelSource source, KernelLayout layout, ModuleLayout module, PtxCode code)
    {
        (_source, _layout, Module, Code) = (source, layout, module, code);
        Parameters = [.. source.Parameters];
        ParameterBytes = Parameters.Length == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Size;
        (SharedBytes, LocalBytes) = (layout.SharedBytes, layout.LocalBytes);
        RegisterTable registers = source.Registers;
        Constants = [.. registers.Constants.Select(pair => (pair.Key, registers.Final(pair.Value)))];
        Specials = [.. registers.Specials.Select(pair => (pair.Key, registers.Final(pair.Value)))];
        (RegisterCount, SlotCount) = (registers.Count, registers.Count + registers.FixedCount);
    }

    /// <summary>The name.</summary>
    public string Name => _source.Name;

    /// <summary>The parameters, in order.</summary>
    public PtxParameter[] Parameters { get; }

    /// <summary>The size of all parameters in bytes, padding between them included.</summary>
    public int ParameterBytes { get; }

    /// <summary>The most threads of a block: .maxntid, else 1024.</summary>
    public int MaxThreads => _source.MaxThreads;

    /// <summary>The only block shape allowed, or null.</summary>
    public (uint X, uint Y, uint Z)? RequiredBlock => _source.RequiredBlock;

    /// <summary>The shared memory that the kernel uses, in bytes.</summary>
    public int SharedBytes { get; }

    /// <summary>The local memory of a thread, in bytes.</summary>
    public int LocalBytes { get; }

    /// <summary>The decoded body.</summary>
    public PtxCode Code { get; }

    /// <summary>The number of registers of a thread; constants and special registers follow them.</summary>
    public int RegisterCount { get; }

    /// <summary>The number of slots of a thread in all.</summary>
    public int SlotCount { get; }

    /// <summary>The variables of the module.</summary>
    public ModuleLayout Module { get; }

    /// <summary>The constants: value and slot.</summary>
    public (ulong Value, ushort Slot)[] Constants { get; }

    /// <summary>The special registers that the kernel reads: register and slot.</summary>
    public (SpecialRegister Register, ushort Slot)[] Specials { get; }

    /// <summary>Makes shared memory as the kernel lays it out. Each machine has its own, so that machines can share a module.</summary>
    public SharedMemory CreateShared() => _layout.CreateShared();

    /// <summary>The statement that an instruction comes from.</summary>
    /// <param name="instruction">The index of the instruction.</param>
    public PtxStatement StatementOf(int instruction) => _source.Statements[Code.Statements[instruction]];
}
