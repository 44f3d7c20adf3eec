using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>As much of cuDNN as convolutions need: it takes notes of every argument and chooses what it was told.</summary>
internal sealed unsafe class FakeCudnn : FakeLibrary
{
    private static readonly nint NotSupported = Marshal.StringToCoTaskMemUTF8("CUDNN_STATUS_NOT_SUPPORTED_LAYOUT");
    private static readonly nint BadParameter = Marshal.StringToCoTaskMemUTF8("CUDNN_STATUS_BAD_PARAM");

    private nint _last = 500;

    public FakeCudnn()
    {
        Fake("cudnnGetVersion", (Size)(() => Release));
        Fake("cudnnGetErrorString", (Text)(static status => status == 3000 ? NotSupported : BadParameter));
        foreach (string create in (string[])["cudnnCreate", "cudnnCreateTensorDescriptor", "cudnnCreateFilterDescriptor",
            "cudnnCreateConvolutionDescriptor"])
        {
            Fake(create, (Create)(handle => New(handle, create)));
        }

        foreach (string destroy in (string[])["cudnnDestroy", "cudnnDestroyTensorDescriptor", "cudnnDestroyFilterDescriptor",
            "cudnnDestroyConvolutionDescriptor"])
        {
            Fake(destroy, (Number)(handle => Drop(handle, destroy)));
        }

        Fake("cudnnSetStream", (Setting)((handle, stream) => Note("cudnnSetStream", stream)));
        Fake("cudnnSetTensor4dDescriptor", (Four)((_, a, b, c, d, e, f) => Note("cudnnSetTensor4dDescriptor", a, b, c, d, e, f)));
        Fake("cudnnSetFilter4dDescriptor", (Four)((_, a, b, c, d, e, f) => Note("cudnnSetFilter4dDescriptor", a, b, c, d, e, f)));
        Fake("cudnnSetConvolution2dDescriptor", (Two)((_, a, b, c, d, e, f, g, h) =>
            Note("cudnnSetConvolution2dDescriptor", a, b, c, d, e, f, g, h)));
        Fake("cudnnSetConvolutionGroupCount", (IntSetting)((_, groups) => Note("cudnnSetConvolutionGroupCount", groups)));
        Fake("cudnnSetConvolutionMathType", (IntSetting)((_, type) => Note("cudnnSetConvolutionMathType", type)));
        foreach (string pass in (string[])["Forward", "BackwardData", "BackwardFilter"])
        {
            Fake($"cudnnGetConvolution{pass}Algorithm_v7", (Choose)((_, a, b, c, d, room, found, results) =>
                Offer($"cudnnGetConvolution{pass}Algorithm_v7", [a, b, c, d], room, found, results)));
            Fake($"cudnnGetConvolution{pass}WorkspaceSize", (Measure)((_, a, b, c, d, algorithm, bytes) => WorkspaceOf(pass, algorithm, bytes)));
            Fake($"cudnnConvolution{pass}", (Convolve)((_, alpha, a, pa, b, pb, c, algorithm, work, bytes, beta, d, pd) =>
                Note($"cudnnConvolution{pass}", (nint)(*alpha * 10), a, pa, b, pb, c, algorithm, work, bytes, (nint)(*beta * 10), d, pd)));
        }
    }

    private delegate nuint Size();

    private delegate nint Text(int status);

    private delegate int Create(nint* handle);

    private delegate int Number(nint handle);

    private delegate int Setting(nint handle, nint value);

    private delegate int IntSetting(nint handle, int value);

    private delegate int Four(nint handle, int a, int b, int c, int d, int e, int f);

    private delegate int Two(nint handle, int a, int b, int c, int d, int e, int f, int g, int h);

    private delegate int Choose(nint handle, nint a, nint b, nint c, nint d, int room, int* found, CudnnPerformance* results);

    private delegate int Measure(nint handle, nint a, nint b, nint c, nint d, int algorithm, nuint* bytes);

    private delegate int Convolve(
        nint handle, float* alpha, nint a, nint pa, nint b, nint pb, nint c, int algorithm, nint work, nint bytes, float* beta, nint d, nint pd);

    public nuint Release { get; set; } = 90600;

    /// <summary>What every choice offers; its memory is the workspace that is then asked for, none where it is 404.</summary>
    public CudnnPerformance[] Offers { get; set; } = [];

    /// <summary>The arguments of the last call of each function.</summary>
    public Dictionary<string, nint[]> Arguments { get; } = [];

    public List<nint> Live { get; } = [];

    private int New(nint* handle, string call)
    {
        if (Enter(call) is not 0 and int status)
        {
            return status;
        }

        Live.Add(++_last);
        *handle = _last;
        return 0;
    }

    private int Drop(nint handle, string call) => Live.Remove(handle) ? Enter(call) : throw new InvalidOperationException(call);

    private int Note(string call, params nint[] arguments)
    {
        Arguments[call] = arguments;
        return Enter(call);
    }

    private int Offer(string call, nint[] operands, int room, int* found, CudnnPerformance* results)
    {
        *found = Math.Min(room, Offers.Length);
        Offers.AsSpan(0, *found).CopyTo(new Span<CudnnPerformance>(results, room));
        return Note(call, operands);
    }

    private int WorkspaceOf(string pass, int algorithm, nuint* bytes)
    {
        *bytes = Offers.First(offer => offer.Algorithm == algorithm).Memory;
        return *bytes == 404 ? 3000 : Enter($"cudnnGetConvolution{pass}WorkspaceSize");
    }
}
