using System.Runtime.InteropServices;
using System.Text;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Emulation;

/// <summary>
/// Calls an emulated installation by its exported addresses, as native code would. The signatures are spelled here a second time on purpose: they
/// follow the C headers and check the declarations that the bindings and the emulation share.
/// </summary>
internal sealed unsafe class RawCuda : IDisposable
{
    public RawCuda(EmulationOptions? options = null) => Cuda = new EmulatedCuda(options);

    public EmulatedCuda Cuda { get; }

    /// <summary>An installation that is initialised, its first context current on this thread.</summary>
    public static RawCuda Ready(EmulationOptions? options = null)
    {
        RawCuda raw = new(options);
        Assert.Equal(0, raw.Init());
        Assert.Equal(0, raw.SetCurrent(raw.Retain()));
        return raw;
    }

    public nint At(string export) => Find(Cuda.Libraries.Driver, export);

    public nint CublasAt(string export) => Find(Cuda.Libraries.Cublas, export);

    public nint CudnnAt(string export) => Find(Cuda.Libraries.Cudnn!, export);

    public int Init() => ((delegate* unmanaged<uint, int>)At("cuInit"))(0);

    public nint Retain(int device = 0)
    {
        nint context;
        Assert.Equal(0, ((delegate* unmanaged<nint*, int, int>)At("cuDevicePrimaryCtxRetain"))(&context, device));
        return context;
    }

    public int ReleaseContext() => ((delegate* unmanaged<int, int>)At("cuDevicePrimaryCtxRelease_v2"))(0);

    public int SetCurrent(nint context) => OfHandle("cuCtxSetCurrent", context);

    public int Synchronize() => ((delegate* unmanaged<int>)At("cuCtxSynchronize"))();

    public int OfHandle(string export, nint handle) => ((delegate* unmanaged<nint, int>)At(export))(handle);

    public int OfTwo(string export, nint first, nint second) => ((delegate* unmanaged<nint, nint, int>)At(export))(first, second);

    public int New(string export, uint flags, out nint made)
    {
        nint handle = 0;
        int status = ((delegate* unmanaged<nint*, uint, int>)At(export))(&handle, flags);
        made = handle;
        return status;
    }

    public nint Stream(uint flags = 1)
    {
        Assert.Equal(0, New("cuStreamCreate", flags, out nint stream));
        return stream;
    }

    public nint Event(uint flags = 0)
    {
        Assert.Equal(0, New("cuEventCreate", flags, out nint made));
        return made;
    }

    public int TryAllocate(long bytes, out ulong address)
    {
        ulong made = 0;
        int status = ((delegate* unmanaged<ulong*, nuint, int>)At("cuMemAlloc_v2"))(&made, (nuint)bytes);
        address = made;
        return status;
    }

    public ulong Allocate(long bytes)
    {
        Assert.Equal(0, TryAllocate(bytes, out ulong address));
        return address;
    }

    public int Free(ulong address) => ((delegate* unmanaged<ulong, int>)At("cuMemFree_v2"))(address);

    public nint Pinned(long bytes)
    {
        nint address;
        Assert.Equal(0, ((delegate* unmanaged<nint*, nuint, int>)At("cuMemAllocHost_v2"))(&address, (nuint)bytes));
        return address;
    }

    public int FreePinned(nint address) => OfHandle("cuMemFreeHost", address);

    public int ToDevice(ulong destination, nint source, long bytes, nint stream = 0) =>
        ((delegate* unmanaged<ulong, nint, nuint, nint, int>)At("cuMemcpyHtoDAsync_v2"))(destination, source, (nuint)bytes, stream);

    public int ToHost(nint destination, ulong source, long bytes, nint stream = 0) =>
        ((delegate* unmanaged<nint, ulong, nuint, nint, int>)At("cuMemcpyDtoHAsync_v2"))(destination, source, (nuint)bytes, stream);

    public int OnDevice(ulong destination, ulong source, long bytes, nint stream = 0) =>
        ((delegate* unmanaged<ulong, ulong, nuint, nint, int>)At("cuMemcpyDtoDAsync_v2"))(destination, source, (nuint)bytes, stream);

    public int Fill(ulong destination, uint value, long count, nint stream = 0) =>
        ((delegate* unmanaged<ulong, uint, nuint, nint, int>)At("cuMemsetD32Async"))(destination, value, (nuint)count, stream);

    public int BeginCapture(nint stream, int mode = 1) => ((delegate* unmanaged<nint, int, int>)At("cuStreamBeginCapture_v2"))(stream, mode);

    public int EndCapture(nint stream, out nint graph)
    {
        nint made = 0;
        int status = ((delegate* unmanaged<nint, nint*, int>)At("cuStreamEndCapture"))(stream, &made);
        graph = made;
        return status;
    }

    public nint Instantiate(nint graph)
    {
        nint executable;
        Assert.Equal(0, ((delegate* unmanaged<nint*, nint, ulong, int>)At("cuGraphInstantiateWithFlags"))(&executable, graph, 0));
        return executable;
    }

    public int WaitEvent(nint stream, nint awaited) => ((delegate* unmanaged<nint, nint, uint, int>)At("cuStreamWaitEvent"))(stream, awaited, 0);

    public int Load(string ptx, out nint module, out string log)
    {
        nint made = 0;
        byte[] text = Encoding.UTF8.GetBytes(ptx + '\0');
        byte[] room = new byte[512];
        int status;
        fixed (byte* image = text, buffer = room)
        {
            int* options = stackalloc int[] { 5, 6 };
            nint* values = stackalloc nint[] { (nint)buffer, room.Length };
            status = ((delegate* unmanaged<nint*, byte*, uint, int*, nint*, int>)At("cuModuleLoadDataEx"))(&made, image, 2, options, values);
            log = Encoding.UTF8.GetString(buffer, (int)values[1] - 1);
        }

        module = made;
        return status;
    }

    public int Function(nint module, string name, out nint function)
    {
        nint found = 0;
        int status;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            status = ((delegate* unmanaged<nint*, nint, byte*, int>)At("cuModuleGetFunction"))(&found, module, text);
        }

        function = found;
        return status;
    }

    /// <summary>Launches with eight bytes for each argument, of which the emulation reads as many as the kernel declares.</summary>
    public int Launch(nint function, uint grid, uint block, nint stream, params ulong[] arguments)
    {
        fixed (ulong* values = arguments)
        {
            void** pointers = stackalloc void*[arguments.Length + 1];
            for (int i = 0; i < arguments.Length; i++)
            {
                pointers[i] = values + i;
            }

            return ((delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)At("cuLaunchKernel"))(
                function, grid, 1, 1, block, 1, 1, 0, stream, pointers, null);
        }
    }

    public ulong Upload(ReadOnlySpan<float> values)
    {
        ulong address = Allocate(values.Length * sizeof(float));
        nint host = Pinned(values.Length * sizeof(float));
        values.CopyTo(new Span<float>((void*)host, values.Length));
        Assert.Equal(0, ToDevice(address, host, values.Length * sizeof(float)));
        Assert.Equal(0, FreePinned(host));
        return address;
    }

    public float[] Download(ulong address, int count)
    {
        nint host = Pinned(count * sizeof(float));
        Assert.Equal(0, ToHost(host, address, count * sizeof(float)));
        float[] values = new Span<float>((void*)host, count).ToArray();
        Assert.Equal(0, FreePinned(host));
        return values;
    }

    public string ErrorName(int status)
    {
        nint text;
        Assert.Equal(0, ((delegate* unmanaged<int, nint*, int>)At("cuGetErrorName"))(status, &text));
        return Marshal.PtrToStringUTF8(text)!;
    }

    public void Dispose() => Cuda.Dispose();

    private static nint Find(INativeLibrary library, string export)
    {
        Assert.True(library.TryGetExport(export, out nint address), $"{library.Name} has no {export}.");
        return address;
    }
}
