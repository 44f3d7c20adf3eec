namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The kinds of instructions.</summary>
internal enum PtxKind
{
    /// <summary>Computes a register from registers, lane by lane.</summary>
    Arithmetic,

    /// <summary>Goes on elsewhere.</summary>
    Branch,

    /// <summary>Ends the thread.</summary>
    Exit,

    /// <summary>Waits for all threads of the block.</summary>
    Barrier,

    /// <summary>Exchanges a register with the lane whose number differs by the bits of <see cref="PtxInstruction.B"/>.</summary>
    ShuffleButterfly,

    /// <summary>Takes a register of the lane that is <see cref="PtxInstruction.B"/> above.</summary>
    ShuffleDown,

    /// <summary>Takes a register of the lane <see cref="PtxInstruction.B"/>.</summary>
    ShuffleIndexed,

    /// <summary>Reads a parameter of the kernel.</summary>
    LoadParameter,

    /// <summary>Reads memory of the device.</summary>
    LoadGlobal,

    /// <summary>Writes memory of the device.</summary>
    StoreGlobal,

    /// <summary>Reads memory of the block.</summary>
    LoadShared,

    /// <summary>Writes memory of the block.</summary>
    StoreShared,
}
