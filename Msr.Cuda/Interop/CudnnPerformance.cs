using System.Runtime.InteropServices;

namespace Msr.Cuda.Interop;

/// <summary>What cuDNN says of one algorithm: 48 bytes, the same for all three convolutions and in cuDNN 8 and 9.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct CudnnPerformance
{
    /// <summary>The algorithm.</summary>
    public int Algorithm;

    /// <summary>0 where it can be used.</summary>
    public int Status;

    /// <summary>The milliseconds expected; -1 where unknown.</summary>
    public float Time;

    /// <summary>The bytes of workspace, at byte 16.</summary>
    public nuint Memory;

    /// <summary>1 where the same input gives the same bits, at byte 24.</summary>
    public int Determinism;

    /// <summary>The arithmetic, as in <see cref="ConvolutionDescriptor"/>.</summary>
    public int MathType;
}
