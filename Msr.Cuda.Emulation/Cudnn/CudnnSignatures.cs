namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The C signatures of cuDNN's functions.</summary>
internal static unsafe class CudnnSignatures
{
    /// <summary>Writes a handle.</summary>
    public delegate int Create(nint* handle);

    /// <summary>Takes a handle.</summary>
    public delegate int Destroy(nint handle);

    /// <summary>Takes a handle and a stream.</summary>
    public delegate int SetStream(nint handle, nint stream);

    /// <summary>Returns the version.</summary>
    public delegate nuint GetVersion();

    /// <summary>Returns the address of a text.</summary>
    public delegate nint Describe(int status);

    /// <summary>Sets a tensor's or filter's descriptor: two of format and element type, then four extents.</summary>
    public delegate int SetFour(nint descriptor, int first, int second, int n, int c, int h, int w);

    /// <summary>Sets a tensor's descriptor with strides.</summary>
    public delegate int SetTensorStrides(
        nint descriptor, int type, int n, int c, int h, int w, int strideN, int strideC, int strideH, int strideW);

    /// <summary>Sets a convolution's descriptor.</summary>
    public delegate int SetConvolution(
        nint descriptor, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int type);

    /// <summary>Sets a number of a convolution.</summary>
    public delegate int SetNumber(nint descriptor, int value);

    /// <summary>Writes what algorithms there are: handle, two operands, convolution, result.</summary>
    public delegate int Algorithms(nint handle, nint first, nint second, nint convolution, nint result, int room, int* found, byte* results);

    /// <summary>Writes a workspace's size: handle, two operands, convolution, result.</summary>
    public delegate int Workspace(nint handle, nint first, nint second, nint convolution, nint result, int algorithm, nuint* bytes);

    /// <summary>Convolves: result = alpha·(first * second) + beta·result.</summary>
    public delegate int Convolve(
        nint handle,
        float* alpha,
        nint firstDescriptor,
        ulong first,
        nint secondDescriptor,
        ulong second,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint resultDescriptor,
        ulong result);
}
