namespace Msr.Cuda.Emulation.Memory;

/// <summary>The state spaces of PTX.</summary>
internal enum MemorySpace : byte
{
    /// <summary>No space is named: the address says it.</summary>
    Generic,

    /// <summary>Device memory.</summary>
    Global,

    /// <summary>Memory of a block.</summary>
    Shared,

    /// <summary>Memory of a thread.</summary>
    Local,

    /// <summary>The parameters of the kernel.</summary>
    Param,

    /// <summary>Constants of the module.</summary>
    Const,
}

/// <summary>
/// Where the state spaces show among the generic addresses, all below <see cref="Memory.GlobalMemory.FirstAddress"/>. An address of shared or
/// local memory starts from 0 and differs from its generic form, so that a missing cvta is found.
/// </summary>
internal static class AddressWindows
{
    /// <summary>The size of each window in bytes.</summary>
    public const ulong Size = 0x100_0000_0000;

    /// <summary>Shared memory of the running block.</summary>
    public const ulong Shared = 0x7e00_0000_0000;

    /// <summary>Local memory of the running thread.</summary>
    public const ulong Local = 0x7d00_0000_0000;

    /// <summary>The .global variables of the module; their addresses in the global space are the same.</summary>
    public const ulong Variables = 0x7c00_0000_0000;

    /// <summary>The .const variables of the module.</summary>
    public const ulong Constants = 0x7b00_0000_0000;

    /// <summary>Says which space an address lies in, and turns it into an address of that space. Constants count as global memory.</summary>
    /// <param name="space">The space that the instruction names, or generic.</param>
    /// <param name="address">The address.</param>
    /// <returns>The global, shared, local or parameter space.</returns>
    public static MemorySpace Resolve(MemorySpace space, ref ulong address)
    {
        switch (space)
        {
            case MemorySpace.Const:
                address += Constants;
                return MemorySpace.Global;
            case MemorySpace.Generic when address - Shared < Size:
                address -= Shared;
                return MemorySpace.Shared;
            case MemorySpace.Generic when address - Local < Size:
                address -= Local;
                return MemorySpace.Local;
            case MemorySpace.Generic:
                return MemorySpace.Global;
            default:
                return space;
        }
    }
}
