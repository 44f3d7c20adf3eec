using System.Collections.Immutable;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A kernel, ready to run.</summary>
internal sealed class PtxKernel
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its parameters in order.</summary>
    public required IReadOnlyList<PtxParameter> Parameters { get; init; }

    /// <summary>The bytes of all parameters.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Size;

    /// <summary>The most threads of a block.</summary>
    public required int MaxThreads { get; init; }

    /// <summary>The bytes of a block's shared memory, gaps between its arrays included.</summary>
    public required int SharedBytes { get; init; }

    /// <summary>The bytes within shared memory that belong to an array, by address: everything else is a gap.</summary>
    public required ImmutableArray<(int Begin, int End)> SharedArrays { get; init; }

    /// <summary>The instructions.</summary>
    public required PtxInstruction[] Code { get; init; }

    /// <summary>The text of each instruction, for messages.</summary>
    public required ImmutableArray<string> Texts { get; init; }

    /// <summary>The number of registers, constants and special registers included.</summary>
    public required int Registers { get; init; }

    /// <summary>Registers that hold the same in every lane, and what.</summary>
    public required ImmutableArray<(int Register, ulong Value)> Constants { get; init; }

    /// <summary>Registers that hold where a thread is, and which place.</summary>
    public required ImmutableArray<(int Register, string Name)> Specials { get; init; }
}
