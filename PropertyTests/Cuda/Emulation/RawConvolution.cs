using Msr.Core.Numerics;

namespace PropertyTests.Cuda.Emulation;

/// <summary>A convolution set up in the emulated cuDNN: its handle and descriptors, and the calls on them.</summary>
internal sealed unsafe class RawConvolution
{
    private readonly RawCuda _raw;
    private readonly nint _x;
    private readonly nint _w;
    private readonly nint _y;
    private readonly nint _how;

    public RawConvolution(RawCuda raw, ConvGeometry geometry, int samples, int mathType = 3, int layout = 1)
    {
        (_raw, Geometry, Samples) = (raw, geometry, samples);
        Handle = New("cudnnCreate");
        (_x, _w, _y) = (New("cudnnCreateTensorDescriptor"), New("cudnnCreateFilterDescriptor"), New("cudnnCreateTensorDescriptor"));
        _how = New("cudnnCreateConvolutionDescriptor");
        Assert.Equal(0, SetTensor(_x, layout, samples, geometry.H, geometry.W, geometry.C));
        Assert.Equal(0, SetTensor(_y, layout, samples, geometry.P, geometry.Q, geometry.K));
        Assert.Equal(0, ((delegate* unmanaged<nint, int, int, int, int, int, int, int>)raw.CudnnAt("cudnnSetFilter4dDescriptor"))(
            _w, 0, layout, geometry.K, geometry.GroupC, geometry.R, geometry.S));
        Assert.Equal(0, ((delegate* unmanaged<nint, int, int, int, int, int, int, int, int, int>)raw.CudnnAt("cudnnSetConvolution2dDescriptor"))(
            _how, geometry.Padding.Top, geometry.Padding.Left, geometry.StrideH, geometry.StrideW, geometry.DilationH, geometry.DilationW, 1, 0));
        Assert.Equal(0, Set("cudnnSetConvolutionGroupCount", geometry.Groups));
        Assert.Equal(0, Set("cudnnSetConvolutionMathType", mathType));
    }

    public ConvGeometry Geometry { get; }

    public int Samples { get; }

    public nint Handle { get; }

    public int SetOutput(int p) => SetTensor(_y, 1, Samples, p, Geometry.Q, Geometry.K);

    public int Set(string export, int value) => ((delegate* unmanaged<nint, int, int>)_raw.CudnnAt(export))(_how, value);

    /// <summary>The 48 bytes of each algorithm, in the order in which cuDNN gives them.</summary>
    public (int Algorithm, int Status, nuint Bytes, int Determinism, int MathType)[] Algorithms(string pass, int room)
    {
        (nint first, nint second, nint result) = Descriptors(pass);
        byte* results = stackalloc byte[48 * room];
        int found;
        Assert.Equal(0, ((delegate* unmanaged<nint, nint, nint, nint, nint, int, int*, byte*, int>)_raw.CudnnAt($"cudnnGetConvolution{pass}Algorithm_v7"))(
            Handle, first, second, _how, result, room, &found, results));
        var algorithms = new (int Algorithm, int Status, nuint Bytes, int Determinism, int MathType)[found];
        for (int i = 0; i < found; i++)
        {
            byte* one = results + (48 * i);
            algorithms[i] = (*(int*)one, *(int*)(one + 4), *(nuint*)(one + 16), *(int*)(one + 24), *(int*)(one + 28));
        }

        return algorithms;
    }

    public int Workspace(string pass, int algorithm, out long bytes)
    {
        (nint first, nint second, nint result) = Descriptors(pass);
        nuint size = 0;
        int status = ((delegate* unmanaged<nint, nint, nint, nint, nint, int, nuint*, int>)_raw.CudnnAt($"cudnnGetConvolution{pass}WorkspaceSize"))(
            Handle, first, second, _how, result, algorithm, &size);
        bytes = (long)size;
        return status;
    }

    public int Convolve(
        string pass, int algorithm, ulong first, ulong second, ulong result, float alpha = 1, float beta = 0, ulong workspace = 0, long bytes = 0)
    {
        (nint firstDescriptor, nint secondDescriptor, nint resultDescriptor) = Descriptors(pass);
        return ((delegate* unmanaged<nint, float*, nint, ulong, nint, ulong, nint, int, ulong, nuint, float*, nint, ulong, int>)_raw.CudnnAt($"cudnnConvolution{pass}"))(
            Handle, &alpha, firstDescriptor, first, secondDescriptor, second, _how, algorithm, workspace, (nuint)bytes, &beta, resultDescriptor, result);
    }

    public void Destroy()
    {
        Assert.Equal(0, Call("cudnnDestroyTensorDescriptor", _x));
        Assert.Equal(0, Call("cudnnDestroyTensorDescriptor", _y));
        Assert.Equal(0, Call("cudnnDestroyFilterDescriptor", _w));
        Assert.Equal(0, Call("cudnnDestroyConvolutionDescriptor", _how));
        Assert.Equal(0, Call("cudnnDestroy", Handle));
        Assert.Equal(2000, Call("cudnnDestroy", Handle));
        Assert.Equal(2000, Call("cudnnDestroyFilterDescriptor", _how));
    }

    private (nint First, nint Second, nint Result) Descriptors(string pass) => pass switch
    {
        "Forward" => (_x, _w, _y),
        "BackwardData" => (_w, _y, _x),
        _ => (_x, _y, _w),
    };

    private nint New(string export)
    {
        nint made;
        Assert.Equal(0, ((delegate* unmanaged<nint*, int>)_raw.CudnnAt(export))(&made));
        return made;
    }

    private int Call(string export, nint handle) => ((delegate* unmanaged<nint, int>)_raw.CudnnAt(export))(handle);

    private int SetTensor(nint descriptor, int layout, int n, int h, int w, int c) =>
        ((delegate* unmanaged<nint, int, int, int, int, int, int, int>)_raw.CudnnAt("cudnnSetTensor4dDescriptor"))(
            descriptor, layout, 0, n, c, h, w);
}
