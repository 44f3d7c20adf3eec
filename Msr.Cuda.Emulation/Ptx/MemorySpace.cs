namespace Msr.Cuda.Emulation.Ptx;

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
