using System.Runtime.InteropServices;
using System.Text;

namespace PropertyTests.Cuda.Interop;

/// <summary>As much of a driver as handles need: it hands out numbers, knows which are live, and takes notes.</summary>
internal sealed unsafe class FakeDriver : FakeLibrary
{
    public const nint ContextHandle = 77;

    private static readonly nint UnknownName = Marshal.StringToCoTaskMemUTF8("CUDA_ERROR_OUT_OF_MEMORY");
    private static readonly nint Description = Marshal.StringToCoTaskMemUTF8("out of memory");

    private nint _last = 1000;

    public FakeDriver()
    {
        Fake("cuInit", (Number)(_ => Enter("cuInit")));
        Fake("cuDriverGetVersion", (Count)(result => Give(result, Version, "cuDriverGetVersion")));
        Fake("cuDeviceGetCount", (Count)(result => Give(result, Devices, "cuDeviceGetCount")));
        Fake("cuDeviceGet", (Device)((result, ordinal) => Give(result, ordinal + 40, "cuDeviceGet")));
        Fake("cuDeviceGetName", (DeviceName)GetName);
        Fake("cuDeviceGetAttribute", (Attribute)((result, attribute, _) => Give(result, AttributeOf(attribute), "cuDeviceGetAttribute")));
        Fake("cuDeviceTotalMem_v2", (Total)TotalMemory);
        Fake("cuDevicePrimaryCtxRetain", (Make)((result, device) => Retain(result, device)));
        Fake("cuDevicePrimaryCtxRelease_v2", (Number)(device => Drop(ContextHandle, "cuDevicePrimaryCtxRelease_v2")));
        Fake("cuCtxSetCurrent", (Take)(context => SetCurrent(context)));
        Fake("cuMemAlloc_v2", (Allocate)((result, bytes) => New(result, "cuMemAlloc_v2")));
        Fake("cuMemAllocHost_v2", (Allocate)((result, bytes) => New(result, "cuMemAllocHost_v2")));
        Fake("cuStreamCreate", (Make)((result, flags) => New(result, "cuStreamCreate", flags)));
        Fake("cuEventCreate", (Make)((result, flags) => New(result, "cuEventCreate", flags)));
        Fake("cuModuleLoadDataEx", (Load)LoadModule);
        Fake("cuModuleGetFunction", (Function)GetFunction);
        Fake("cuLaunchKernel", (Launch)LaunchKernel);
        Fake("cuStreamBeginCapture_v2", (Make)((stream, mode) => Enter("cuStreamBeginCapture_v2")));
        Fake("cuStreamEndCapture", (End)((stream, graph) => New(graph, "cuStreamEndCapture")));
        Fake("cuGraphInstantiateWithFlags", (Instantiate)((result, graph, flags) => New(result, "cuGraphInstantiateWithFlags")));
        Fake("cuGetErrorName", (ErrorText)((status, text) => Say(text, UnknownName)));
        Fake("cuGetErrorString", (ErrorText)((status, text) => Say(text, Description)));
        foreach (string release in (string[])["cuMemFree_v2", "cuMemFreeHost", "cuStreamDestroy_v2", "cuEventDestroy_v2", "cuModuleUnload",
            "cuGraphExecDestroy", "cuGraphDestroy"])
        {
            Fake(release, (Take)(handle => Drop(handle, release)));
        }
    }

    private delegate int Number(int number);

    private delegate int Count(int* result);

    private delegate int Device(int* result, int ordinal);

    private delegate int DeviceName(byte* text, int room, int device);

    private delegate int Attribute(int* result, int attribute, int device);

    private delegate int Total(nuint* result, int device);

    private delegate int Make(nint* result, uint number);

    private delegate int Take(nint handle);

    private delegate int Allocate(nint* result, nuint bytes);

    private delegate int Load(nint* module, byte* text, uint count, int* options, void** values);

    private delegate int Function(nint* function, nint module, byte* name);

    private delegate int Launch(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** slots, void** extra);

    private delegate int End(nint stream, nint* graph);

    private delegate int Instantiate(nint* executable, nint graph, ulong flags);

    private delegate int ErrorText(int status, nint* text);

    public int Version { get; set; } = 12040;

    public int Devices { get; set; } = 2;

    public int Major { get; set; } = 9;

    /// <summary>What the compiler writes into the log where loading fails.</summary>
    public string Log { get; set; } = "";

    /// <summary>The text of the last module, with its final zero.</summary>
    public string Module { get; private set; } = "";

    /// <summary>Live handles. A context counts as often as it is retained.</summary>
    public List<nint> Live { get; } = [];

    /// <summary>Handles that were released and were not live.</summary>
    public List<nint> ReleasedTwice { get; } = [];

    /// <summary>Functions that made or released something while the context was not current.</summary>
    public List<string> WithoutContext { get; } = [];

    public nint Current { get; set; }

    public uint LastFlags { get; private set; }

    /// <summary>How many bytes to read behind each slot of a launch.</summary>
    public int[] SlotBytes { get; set; } = [];

    /// <summary>What was read there, in hexadecimal.</summary>
    public string[] Slots { get; private set; } = [];

    public uint[] Shape { get; } = new uint[7];

    public nint LaunchStream { get; private set; }

    private static int Say(nint* text, nint said)
    {
        *text = said;
        return 0;
    }

    private int Give(int* result, int value, string call)
    {
        *result = value;
        return Enter(call);
    }

    private int AttributeOf(int attribute) => attribute switch
    {
        16 => 132,
        75 => Major,
        76 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(attribute)),
    };

    private int GetName(byte* text, int room, int device)
    {
        Encoding.UTF8.GetBytes($"Fake {device}\0").CopyTo(new Span<byte>(text, room));
        return Enter("cuDeviceGetName");
    }

    private int TotalMemory(nuint* result, int device)
    {
        *result = 80;
        return Enter("cuDeviceTotalMem_v2");
    }

    private int Retain(nint* result, uint device)
    {
        if (Enter("cuDevicePrimaryCtxRetain") is not 0 and int status)
        {
            return status;
        }

        Live.Add(ContextHandle);
        *result = ContextHandle;
        return 0;
    }

    private int SetCurrent(nint context)
    {
        int status = Enter("cuCtxSetCurrent");
        Current = context;
        return status;
    }

    private int New(nint* result, string call, uint flags = 0)
    {
        if (Enter(call) is not 0 and int status)
        {
            return status;
        }

        NoteContext(call);
        LastFlags = flags;
        Live.Add(++_last);
        *result = _last;
        return 0;
    }

    private int Drop(nint handle, string call)
    {
        int status = Enter(call);
        NoteContext(call);
        if (!Live.Remove(handle))
        {
            ReleasedTwice.Add(handle);
        }

        return status;
    }

    private int LoadModule(nint* module, byte* text, uint count, int* options, void** values)
    {
        int length = 0;
        while (text[length] != 0)
        {
            length++;
        }

        Module = Encoding.UTF8.GetString(text, length + 1);
        if (count != 2 || options[0] != 5 || options[1] != 6)
        {
            return 1;
        }

        byte[] log = Encoding.UTF8.GetBytes(Log);
        log.CopyTo(new Span<byte>(values[0], (int)values[1]));
        values[1] = (void*)log.Length;
        return New(module, "cuModuleLoadDataEx");
    }

    private int GetFunction(nint* function, nint module, byte* name)
    {
        *function = Marshal.PtrToStringUTF8((nint)name)!.Length;
        return Enter("cuModuleGetFunction");
    }

    private int LaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** slots, void** extra)
    {
        ReadOnlySpan<uint> shape = [gridX, gridY, gridZ, blockX, blockY, blockZ, shared];
        shape.CopyTo(Shape);
        LaunchStream = stream;
        Slots = SlotBytes.Length == 0 ? [] : new string[SlotBytes.Length];
        for (int i = 0; i < SlotBytes.Length; i++)
        {
            Slots[i] = Convert.ToHexString(new ReadOnlySpan<byte>(slots[i], SlotBytes[i]));
        }

        return Enter("cuLaunchKernel");
    }

    private void NoteContext(string call)
    {
        if (Current != ContextHandle && call != "cuDevicePrimaryCtxRelease_v2")
        {
            WithoutContext.Add(call);
        }
    }
}
