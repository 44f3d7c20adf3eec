using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The functions of the emulated cuDNN for handles, its version and the names of statuses.</summary>
internal sealed unsafe class CudnnHandleExports : ExportGroup
{
    private readonly EmulatedDriver _driver;
    private readonly NativeText _text;
    private readonly CallGate _gate;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    /// <param name="text">Texts that are handed out.</param>
    public CudnnHandleExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver, NativeText text)
        : base(library, gate)
    {
        (_driver, _text, _gate) = (driver, text, gate);
        library.Add<CudnnFunctions.cudnnCreate>(cudnnCreate);
        library.Add<CudnnFunctions.cudnnDestroy>(cudnnDestroy);
        library.Add<CudnnFunctions.cudnnSetStream>(cudnnSetStream);
        library.Add<CudnnFunctions.cudnnGetVersion>(cudnnGetVersion);
        library.Add<CudnnFunctions.cudnnGetErrorString>(cudnnGetErrorString);
    }

    private int cudnnCreate(nint* handle) => Run(nameof(cudnnCreate), () =>
    {
        NotNull(handle, "handle", CudnnStatus.BadParam);
        PrimaryContext context = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cudnnCreate));
        *handle = _driver.Handles.Add(new EmulatedCudnn(context));
    });

    private int cudnnDestroy(nint handle) => Release(nameof(cudnnDestroy), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cudnnDestroy));
        _driver.Handles.Remove<EmulatedCudnn>(handle, CudnnStatus.BadParam, isDriverStatus: false);
        _driver.ThrowIfSticky();
    });

    private int cudnnSetStream(nint handle, nint stream) => Run(nameof(cudnnSetStream), () =>
    {
        EmulatedCudnn set = EmulatedCudnn.Of(_driver, handle);
        _ = _driver.Stream(stream);
        set.Stream = stream;
    });

    // These two return no status, so they can neither fail nor be told to.
    private nuint cudnnGetVersion() => (nuint)_driver.Options.CudnnVersion;

    private byte* cudnnGetErrorString(int status) => (byte*)_gate.Locked(() => _text[CudnnStatus.NameOf(status)]);
}
