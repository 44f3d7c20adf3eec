namespace Msr.Cuda.Emulation.Ptx;

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
