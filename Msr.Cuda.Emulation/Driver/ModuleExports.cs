using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;
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
        PrimaryContext context = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cuModuleUnload));
        _driver.DrainAndRelease(context, () =>
        {
            EmulatedModule unloaded = _driver.Handles.Remove<EmulatedModule>(module, CudaStatus.InvalidHandle);
            unloaded.IsUnloaded = true;
            foreach (nint function in unloaded.Functions.Values)
            {
                _driver.Handles.Remove<EmulatedFunction>(function, CudaStatus.InvalidHandle);
            }
        });
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

            // Hardware registers, which a real driver's compiler assigns: the emulation has none.
            4 => 0,
            _ => throw CallFailedException.Fault(
                CudaStatus.InvalidValue,
                $"The kernel attribute {attribute} is not supported: 0 is threads per block, 1 shared bytes, 3 local bytes, 4 registers."),
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
                throw CallFailedException.Fault(CudaStatus.InvalidValue, $"The compiler option {option} is not supported: options 3 to 6 are the logs.");
            }
        }
    }

    /// <summary>Writes a log into its buffer, and its length with the final zero into the slot of the size.</summary>
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
                CudaStatus.InvalidValue, $"A log needs its address in option {bufferOption} and its size in option {bytesOption}.");
        }

        Span<byte> room = new(values[buffer], checked((int)(uint)values[bytes]));
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        int written = Math.Min(encoded.Length, room.Length - 1);
        encoded.AsSpan(0, written).CopyTo(room);
        room[written] = 0;
        *(uint*)(values + bytes) = (uint)written + 1;
    }
}

/// <summary>A loaded module.</summary>
/// <param name="context">The context it is loaded in.</param>
/// <param name="module">Its kernels.</param>
internal sealed class EmulatedModule(PrimaryContext context, PtxModule module) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "module";

    /// <summary>The context it is loaded in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Its kernels.</summary>
    public PtxModule Module { get; } = module;

    /// <summary>The handles of the kernels that were looked up, by name.</summary>
    public Dictionary<string, nint> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it was unloaded. Graphs may still hold its kernels but must not run them.</summary>
    public bool IsUnloaded { get; set; }
}

/// <summary>A kernel of a loaded module.</summary>
/// <param name="module">The module.</param>
/// <param name="kernel">The kernel.</param>
internal sealed class EmulatedFunction(EmulatedModule module, PtxKernel kernel) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "function";

    /// <summary>The module.</summary>
    public EmulatedModule Module { get; } = module;

    /// <summary>The kernel.</summary>
    public PtxKernel Kernel { get; } = kernel;
}

/// <summary>Reads a module's text as the driver's compiler would. PTX that is malformed, too new or for a newer device is refused.</summary>
internal static class PtxLoader
{
    /// <summary>Reads a module.</summary>
    /// <param name="text">The PTX.</param>
    /// <param name="options">The driver's version and the device's compute capability.</param>
    /// <exception cref="CallFailedException">The driver would refuse it; the message is its log.</exception>
    public static PtxModule Load(string text, EmulationOptions options)
    {
        int version = Number(Directive(text, ".version"), digitsAfterPoint: true);
        int newest = NewestPtx(options.DriverVersion);
        if (version > newest)
        {
            throw CallFailedException.Failure(
                CudaStatus.UnsupportedPtxVersion,
                $"ptxas: unsupported .version {version / 10}.{version % 10}; this driver supports up to {newest / 10}.{newest % 10}.");
        }

        string target = Directive(text, ".target");
        if (!target.StartsWith("sm_", StringComparison.Ordinal)
            || Number(target["sm_".Length..], digitsAfterPoint: false) > options.ComputeCapability)
        {
            throw CallFailedException.Failure(
                CudaStatus.InvalidPtx, $"ptxas: .target {target} is newer than this device, sm_{options.ComputeCapability}.");
        }

        try
        {
            return PtxModule.Parse(options.RewritePtx?.Invoke(text) ?? text);
        }
        catch (EmulationException refused)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidPtx, $"ptxas: {refused.Message}", refused);
        }
    }

    /// <summary>The newest PTX, 10 × major + minor, that a driver reads: 9.x with CUDA 13.x, 8.x with 12.x, 7.x with 11.x, 6.3 on with 10.x.</summary>
    /// <param name="driverVersion">1000 × major + 10 × minor.</param>
    public static int NewestPtx(int driverVersion)
    {
        (int major, int minor) = (driverVersion / 1000, driverVersion % 1000 / 10);
        return major >= 11 ? ((major - 4) * 10) + minor : major == 10 ? 63 + minor : 60;
    }

    private static string Directive(string text, string name)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith(name, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> rest = trimmed[name.Length..].Trim();
                int end = rest.IndexOfAny(" \t,/");
                return (end < 0 ? rest : rest[..end]).ToString();
            }
        }

        throw CallFailedException.Fault(CudaStatus.InvalidPtx, $"ptxas: the text has no {name} directive.");
    }

    private static int Number(string text, bool digitsAfterPoint)
    {
        if (digitsAfterPoint && text.Split('.') is [var major, var minor]
            && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out int whole)
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int part))
        {
            return (whole * 10) + part;
        }

        return !digitsAfterPoint && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw CallFailedException.Fault(
                CudaStatus.InvalidPtx, $"ptxas: '{text}' is not a supported version or target number.");
    }
}
