using System.Text;
using Msr.Cuda.Emulation;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>The bindings on an emulated installation: a context that is current, a queue, and memory of its device.</summary>
internal sealed unsafe class BoundCuda : IDisposable
{
    /// <summary>A module with a kernel that does nothing.</summary>
    public const string Module = """
        .version 6.4
        .target sm_70
        .address_size 64

        .visible .entry fold()
        {
            ret;
        }
        """;

    public BoundCuda(EmulationOptions? options = null)
    {
        Cuda = new EmulatedCuda(options);
        Context = new CudaContext(new DriverApi(Cuda.Libraries.Driver), 0);
        Stream = new CudaStream(Context);
    }

    public EmulatedCuda Cuda { get; }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public static byte[] Text(string ptx) => Encoding.UTF8.GetBytes(ptx);

    /// <summary>Lets every further call of a function fail.</summary>
    public static void Fail(EmulatedCuda cuda, string export, int status)
    {
        for (int next = 1; next <= 20; next++)
        {
            cuda.FailAt(export, cuda.CallsOf(export) + next, status);
        }
    }

    public DeviceAllocation Upload(params ReadOnlySpan<float> values)
    {
        DeviceAllocation memory = new(Context, values.Length * sizeof(float));
        using PinnedAllocation pinned = new(Context, memory.Bytes);
        values.CopyTo(new Span<float>(pinned.Pointer, values.Length));
        Stream.CopyToDevice(memory.Address, pinned.Pointer, memory.Bytes);
        Stream.Synchronize();
        return memory;
    }

    public float[] Download(DeviceAllocation memory)
    {
        using PinnedAllocation pinned = new(Context, memory.Bytes);
        Stream.CopyToHost(pinned.Pointer, memory.Address, memory.Bytes);
        Stream.Synchronize();
        return new Span<float>(pinned.Pointer, (int)memory.Bytes / sizeof(float)).ToArray();
    }

    public void Dispose()
    {
        Stream.Dispose();
        Context.Dispose();
        Cuda.Dispose();
    }
}
