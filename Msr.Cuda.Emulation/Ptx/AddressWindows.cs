namespace Msr.Cuda.Emulation.Ptx;

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
}
