using System.Runtime.InteropServices;
using System.Text;
using Msr.Cuda.Emulation.Ptx;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions that load modules and find their kernels.</summary>
internal sealed unsafe class ModuleExports : ExportGroup
{
    private const int InfoLog = 3;
    private const int InfoLogBytes = 4;
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;

    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public ModuleExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuModuleLoadDataEx>(cuModuleLoadDataEx);
        library.Add<DriverFunctions.cuModuleUnload>(cuModuleUnload);
        library.Add<DriverFunctions.cuModuleGetFunction>(cuModuleGetFunction);
        library.Add<DriverFunctions.cuFuncGetAttribute>(cuFuncGetAttribute);
    }

    private int cuModuleLoadDataEx(nint* module, void* image, uint count, int* options, void** values) => Run(nameof(cuModuleLoadDataEx), () =>
    {
        NotNull(module, "module", CudaStatus.InvalidValue);
        NotNull(image, "image", CudaStatus.InvalidValue);
        PrimaryContext context = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cuModuleLoadDataEx));
        CheckOptions(count, options, values);
        WriteLog("", InfoLog, InfoLogBytes, count, options, values);
        try
        {
            PtxModule loaded = PtxLoader.Load(Text((byte*)image), _driver.Options);
            WriteLog("", ErrorLog, ErrorLogBytes, count, options, values);
            *module = _driver.Handles.Add(new EmulatedModule(context, loaded));
        }
        catch (CallFailedException refused)
        {
            WriteLog(refused.Message, ErrorLog, ErrorLogBytes, count, options, values);
            throw;
        }
    });

    private int cuModuleUnload(nint module) => Release(nameof(cuModuleUnload), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cuModuleUnload));
        EmulatedModule unloaded = _driver.Handles.Remove<EmulatedModule>(module, CudaStatus.InvalidHandle);
        unloaded.IsUnloaded = true;
        foreach (nint function in unloaded.Functions.Values)
        {
            _driver.Handles.Remove<EmulatedFunction>(function, CudaStatus.InvalidHandle);
        }

        _driver.ThrowIfSticky();
    });

    private int cuModuleGetFunction(nint* function, nint module, byte* name) => Run(nameof(cuModuleGetFunction), () =>
    {
        NotNull(function, "function", CudaStatus.InvalidValue);
        NotNull(name, "name", CudaStatus.InvalidValue);
        EmulatedModule searched = _driver.Owned<EmulatedModule>(module, owned => owned.Context);
        string sought = Text(name);
        if (!searched.Functions.TryGetValue(sought, out nint found))
        {
            if (!searched.Module.Kernels.TryGetValue(sought, out PtxKernel? kernel))
            {
                throw CallFailedException.Failure(CudaStatus.NotFound, $"The module has no kernel '{sought}'.");
            }

            found = _driver.Handles.Add(new EmulatedFunction(searched, kernel));
            searched.Functions.Add(sought, found);
        }

        *function = found;
    });

    private int cuFuncGetAttribute(int* value, int attribute, nint function) => Run(nameof(cuFuncGetAttribute), () =>
    {
        NotNull(value, "attribute", CudaStatus.InvalidValue);
        PtxKernel kernel = _driver.Owned<EmulatedFunction>(function, owned => owned.Module.Context).Kernel;
        *value = attribute switch
        {
            0 => kernel.MaxThreads,
            1 => kernel.SharedBytes,
            3 => kernel.LocalBytes,

            // The registers of the hardware, which the compiler of a real driver assigns: there are none here.
            4 => 0,
            _ => throw CallFailedException.Fault(
                CudaStatus.InvalidValue,
                $"The emulation knows no attribute {attribute} of a kernel: 0 is threads per block, 1 shared bytes, 3 local bytes, 4 registers."),
        };
    });

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text)!;

    private static void CheckOptions(uint count, int* options, void** values)
    {
        if (count == 0)
        {
            return;
        }

        NotNull(options, "options", CudaStatus.InvalidValue);
        NotNull(values, "values of the options", CudaStatus.InvalidValue);
        foreach (int option in new ReadOnlySpan<int>(options, checked((int)count)))
        {
            if (option is not (InfoLog or InfoLogBytes or ErrorLog or ErrorLogBytes))
            {
                throw CallFailedException.Fault(CudaStatus.InvalidValue, $"The emulated compiler knows no option {option}: it writes logs (3 to 6).");
            }
        }
    }

    /// <summary>Writes a log where there is room for one, and into the size's own slot how many bytes it took, its final zero included.</summary>
    private static void WriteLog(string text, int bufferOption, int bytesOption, uint count, int* options, void** values)
    {
        ReadOnlySpan<int> given = count == 0 ? [] : new ReadOnlySpan<int>(options, (int)count);
        int buffer = given.IndexOf(bufferOption);
        int bytes = given.IndexOf(bytesOption);
        if (buffer < 0 && bytes < 0)
        {
            return;
        }

        if (buffer < 0 || bytes < 0 || values[buffer] is null || (uint)values[bytes] == 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidValue, $"A log needs option {bufferOption} with its address and option {bytesOption} with its size.");
        }

        Span<byte> room = new(values[buffer], checked((int)(uint)values[bytes]));
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        int written = Math.Min(encoded.Length, room.Length - 1);
        encoded.AsSpan(0, written).CopyTo(room);
        room[written] = 0;
        *(uint*)(values + bytes) = (uint)written + 1;
    }
}
