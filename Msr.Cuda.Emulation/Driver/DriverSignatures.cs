namespace Msr.Cuda.Emulation.Driver;

/// <summary>The C signatures of the driver's functions. Handles are <see cref="nint"/>, device addresses <see cref="ulong"/>.</summary>
internal static unsafe class DriverSignatures
{
    /// <summary>No argument.</summary>
    public delegate int Nothing();

    /// <summary>Flags.</summary>
    public delegate int Flags(uint flags);

    /// <summary>Writes a number.</summary>
    public delegate int Number(int* value);

    /// <summary>Takes a device.</summary>
    public delegate int Device(int device);

    /// <summary>Writes a device, by its ordinal.</summary>
    public delegate int DeviceGet(int* device, int ordinal);

    /// <summary>Writes a name into so much room.</summary>
    public delegate int DeviceName(byte* text, int room, int device);

    /// <summary>Writes an attribute of a device.</summary>
    public delegate int DeviceAttribute(int* value, int attribute, int device);

    /// <summary>Writes the memory of a device.</summary>
    public delegate int DeviceMemory(nuint* bytes, int device);

    /// <summary>Writes the context of a device.</summary>
    public delegate int ContextOf(nint* context, int device);

    /// <summary>Takes a handle or a host address.</summary>
    public delegate int Handle(nint handle);

    /// <summary>Writes a handle.</summary>
    public delegate int NewHandle(nint* handle);

    /// <summary>Writes a handle, made with flags.</summary>
    public delegate int NewHandleWithFlags(nint* handle, uint flags);

    /// <summary>Writes free and total memory.</summary>
    public delegate int MemoryInfo(nuint* free, nuint* total);

    /// <summary>Writes a device address.</summary>
    public delegate int Allocate(ulong* address, nuint bytes);

    /// <summary>Takes a device address.</summary>
    public delegate int Free(ulong address);

    /// <summary>Writes a host address.</summary>
    public delegate int AllocateHost(nint* address, nuint bytes);

    /// <summary>Copies to the device.</summary>
    public delegate int ToDevice(ulong destination, nint source, nuint bytes, nint stream);

    /// <summary>Copies to the host.</summary>
    public delegate int ToHost(nint destination, ulong source, nuint bytes, nint stream);

    /// <summary>Copies on the device.</summary>
    public delegate int OnDevice(ulong destination, ulong source, nuint bytes, nint stream);

    /// <summary>Fills with words.</summary>
    public delegate int FillWords(ulong destination, uint value, nuint count, nint stream);

    /// <summary>Fills with bytes.</summary>
    public delegate int FillBytes(ulong destination, byte value, nuint count, nint stream);

    /// <summary>Takes a stream, an event and flags.</summary>
    public delegate int WaitEvent(nint stream, nint awaited, uint flags);

    /// <summary>Takes two handles.</summary>
    public delegate int TwoHandles(nint first, nint second);

    /// <summary>Writes the time between two events.</summary>
    public delegate int Elapsed(float* milliseconds, nint start, nint end);

    /// <summary>Loads a module.</summary>
    public delegate int Load(nint* module, byte* image, uint count, int* options, nint* values);

    /// <summary>Finds a function.</summary>
    public delegate int Function(nint* function, nint module, byte* name);

    /// <summary>Writes an attribute of a function.</summary>
    public delegate int FunctionAttribute(int* value, int attribute, nint function);

    /// <summary>Launches a function.</summary>
    public delegate int Launch(
        nint function,
        uint gridX,
        uint gridY,
        uint gridZ,
        uint blockX,
        uint blockY,
        uint blockZ,
        uint sharedBytes,
        nint stream,
        void** arguments,
        void** extra);

    /// <summary>Begins a capture.</summary>
    public delegate int BeginCapture(nint stream, int mode);

    /// <summary>Ends a capture.</summary>
    public delegate int EndCapture(nint stream, nint* graph);

    /// <summary>Makes a graph executable.</summary>
    public delegate int Instantiate(nint* executable, nint graph, ulong flags);

    /// <summary>Writes the address of a text about a status.</summary>
    public delegate int Describe(int status, nint* text);
}
