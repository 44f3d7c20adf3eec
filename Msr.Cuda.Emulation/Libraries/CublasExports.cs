using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>The functions of the emulated cuBLAS.</summary>
internal sealed unsafe class CublasExports : ExportGroup
{
    private const int Version = 130000;
    private const int Tf32 = 3;
    private const int WorkspaceAlignment = 256;

    private readonly EmulatedDriver _driver;
    private readonly HostArithmetic _arithmetic;
    private readonly NativeText _text;
    private readonly CallGate _gate;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    /// <param name="arithmetic">The arithmetic.</param>
    /// <param name="text">Texts that are handed out.</param>
    public CublasExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver, HostArithmetic arithmetic, NativeText text)
        : base(library, gate)
    {
        (_driver, _arithmetic, _text, _gate) = (driver, arithmetic, text, gate);
        library.Add<CublasFunctions.cublasCreate_v2>(cublasCreate_v2);
        library.Add<CublasFunctions.cublasDestroy_v2>(cublasDestroy_v2);
        library.Add<CublasFunctions.cublasSetStream_v2>(cublasSetStream_v2);
        library.Add<CublasFunctions.cublasSetWorkspace_v2>(cublasSetWorkspace_v2);
        library.Add<CublasFunctions.cublasSetMathMode>(cublasSetMathMode);
        library.Add<CublasFunctions.cublasSetPointerMode_v2>(cublasSetPointerMode_v2);
        library.Add<CublasFunctions.cublasGetVersion_v2>(cublasGetVersion_v2);
        library.Add<CublasFunctions.cublasSgemm_v2>(cublasSgemm_v2);
        library.Add<CublasFunctions.cublasGetStatusString>(cublasGetStatusString);
    }

    private int cublasCreate_v2(nint* handle) => Run(nameof(cublasCreate_v2), () =>
    {
        NotNull(handle, "handle", CublasStatus.InvalidValue);
        PrimaryContext context = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cublasCreate_v2));
        *handle = _driver.Handles.Add(new EmulatedCublas(context));
    });

    private int cublasDestroy_v2(nint handle) => Release(nameof(cublasDestroy_v2), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cublasDestroy_v2));
        _driver.Handles.Remove<EmulatedCublas>(handle, CublasStatus.NotInitialized, isDriverStatus: false);
        _driver.ThrowIfSticky();
    });

    private int cublasSetStream_v2(nint handle, nint stream) => Run(nameof(cublasSetStream_v2), () =>
    {
        EmulatedCublas set = Handle(handle);
        _ = _driver.Stream(stream);
        set.Stream = stream;

        // Documented: a new stream brings the handle's own workspace back.
        (set.Workspace, set.WorkspaceBytes) = (0, 0);
    });

    private int cublasSetWorkspace_v2(nint handle, ulong workspace, nuint bytes) => Run(nameof(cublasSetWorkspace_v2), () =>
    {
        EmulatedCublas set = Handle(handle);
        if (workspace % WorkspaceAlignment != 0)
        {
            throw CallFailedException.LibraryFault(
                CublasStatus.InvalidValue, $"cublasSetWorkspace_v2: the workspace at 0x{workspace:x} is not aligned to {WorkspaceAlignment} bytes.");
        }

        if (bytes != 0)
        {
            set.Context.Access.RequireRange(workspace, checked((long)bytes), nameof(cublasSetWorkspace_v2));
        }

        (set.Workspace, set.WorkspaceBytes) = (workspace, (long)bytes);
    });

    private int cublasSetMathMode(nint handle, int mode) => Run(nameof(cublasSetMathMode), () =>
    {
        EmulatedCublas set = Handle(handle);
        set.MathMode = mode is 0 or 2 or Tf32 ? mode : throw CallFailedException.LibraryFault(
            CublasStatus.InvalidValue, $"The math mode {mode} is not supported: 0 is default, 2 pedantic, 3 TF32.");
    });

    private int cublasSetPointerMode_v2(nint handle, int mode) => Run(nameof(cublasSetPointerMode_v2), () =>
    {
        EmulatedCublas set = Handle(handle);
        set.ScalarsOnDevice = mode is 0 or 1 ? mode == 1 : throw CallFailedException.LibraryFault(
            CublasStatus.InvalidValue, $"The pointer mode {mode} is invalid: 0 is host, 1 device.");
    });

    private int cublasGetVersion_v2(nint handle, int* version) => Run(nameof(cublasGetVersion_v2), () =>
    {
        NotNull(version, "version", CublasStatus.InvalidValue);
        _ = Handle(handle);
        *version = Version;
    });

    // It returns a text, so it cannot fail.
    private byte* cublasGetStatusString(int status) => (byte*)_gate.Locked(() => _text[CublasStatus.NameOf(status)]);

    private int cublasSgemm_v2(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float* alpha,
        ulong a,
        int lda,
        ulong b,
        int ldb,
        float* beta,
        ulong c,
        int ldc) => Run(nameof(cublasSgemm_v2), () =>
    {
        EmulatedCublas used = Handle(handle);
        NotNull(alpha, "alpha", CublasStatus.InvalidValue);
        NotNull(beta, "beta", CublasStatus.InvalidValue);
        bool tf32 = used.MathMode == Tf32 && _driver.Options.ComputeCapability >= 80;
        Gemm gemm = new(IsTransposed(transposeA), IsTransposed(transposeB), m, n, k, a, lda, b, ldb, c, ldc, tf32);
        gemm.Validate();
        EmulatedStream stream = _driver.Stream(used.Stream);
        DeviceAccess access = used.Context.Access;
        (ulong workspace, long workspaceBytes) = (used.Workspace, used.WorkspaceBytes);
        Func<(float Alpha, float Beta)> scalars = used.ScalarsOnDevice
            ? Later(access, (ulong)alpha, (ulong)beta)
            : Now(*alpha, *beta);
        _driver.Enqueue(stream, nameof(cublasSgemm_v2), () =>
        {
            CheckWorkspace(access, workspace, workspaceBytes, gemm);
            (float first, float second) = scalars();
            gemm.Run(_arithmetic, access, first, second);
        });
    });

    private static Func<(float Alpha, float Beta)> Now(float alpha, float beta) => () => (alpha, beta);

    private static Func<(float Alpha, float Beta)> Later(DeviceAccess access, ulong alpha, ulong beta) =>
        () => (Scalar(access, alpha, "alpha"), Scalar(access, beta, "beta"));

    private static float Scalar(DeviceAccess access, ulong address, string name) =>
        MemoryMarshal.Read<float>(access.Read(address, sizeof(float), $"{nameof(cublasSgemm_v2)}, {name}", sizeof(float)));

    private static void CheckWorkspace(DeviceAccess access, ulong workspace, long bytes, Gemm gemm)
    {
        if (bytes == 0)
        {
            return;
        }

        _ = access.Locate(workspace, bytes, "cublasSgemm_v2, workspace");
        long ofA = gemm.TransposeA ? Gemm.Extent(gemm.K, gemm.M, gemm.Lda) : Gemm.Extent(gemm.M, gemm.K, gemm.Lda);
        long ofB = gemm.TransposeB ? Gemm.Extent(gemm.N, gemm.K, gemm.Ldb) : Gemm.Extent(gemm.K, gemm.N, gemm.Ldb);
        ReadOnlySpan<(ulong Address, long Bytes)> operands = [(gemm.A, ofA), (gemm.B, ofB), (gemm.C, Gemm.Extent(gemm.M, gemm.N, gemm.Ldc))];
        foreach ((ulong address, long length) in operands)
        {
            if (address < workspace + (ulong)bytes && workspace < address + (ulong)length)
            {
                throw CallFailedException.Fault(
                    CudaStatus.LaunchFailed, "cublasSgemm_v2: the workspace overlaps an operand and would overwrite it.");
            }
        }
    }

    private static bool IsTransposed(int operation) => operation switch
    {
        0 => false,
        1 or 2 => true,
        _ => throw CallFailedException.LibraryFault(
            CublasStatus.InvalidValue, $"The matrix operation {operation} is invalid: 0 is none, 1 transpose, 2 conjugate transpose."),
    };

    private EmulatedCublas Handle(nint handle)
    {
        EmulatedCublas found = _driver.Handles.Get<EmulatedCublas>(handle, CublasStatus.NotInitialized, isDriverStatus: false);
        return found.Context == _driver.Context() ? found : throw CallFailedException.LibraryFault(
            CublasStatus.NotInitialized, "The cuBLAS handle belongs to a context that is not current on this thread.");
    }
}

/// <summary>The state of a cuBLAS handle.</summary>
/// <param name="context">The context it was made in.</param>
internal sealed class EmulatedCublas(PrimaryContext context) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "cuBLAS";

    /// <summary>The context it was made in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The handle of its stream; 0 for the default stream.</summary>
    public nint Stream { get; set; }

    /// <summary>Its workspace's address; 0 for the default workspace.</summary>
    public ulong Workspace { get; set; }

    /// <summary>Its workspace's size in bytes.</summary>
    public long WorkspaceBytes { get; set; }

    /// <summary>0 default, 2 pedantic, 3 TF32.</summary>
    public int MathMode { get; set; }

    /// <summary>Whether alpha and beta lie in device memory.</summary>
    public bool ScalarsOnDevice { get; set; }
}

/// <summary>The statuses of cuBLAS.</summary>
internal static class CublasStatus
{
    /// <summary>The handle is invalid, or no context is current.</summary>
    public const int NotInitialized = 1;

    /// <summary>Memory has run out.</summary>
    public const int AllocFailed = 3;

    /// <summary>An argument is wrong.</summary>
    public const int InvalidValue = 7;

    /// <summary>A kernel failed.</summary>
    public const int ExecutionFailed = 13;

    /// <summary>An internal error.</summary>
    public const int InternalError = 14;

    /// <summary>The emulation does not do this.</summary>
    public const int NotSupported = 15;

    /// <summary>The status for a failure of the driver.</summary>
    /// <param name="driverStatus">The driver's.</param>
    public static int For(int driverStatus) => driverStatus switch
    {
        CudaStatus.NotInitialized or CudaStatus.InvalidContext or CudaStatus.ContextIsDestroyed => NotInitialized,
        CudaStatus.OutOfMemory => AllocFailed,
        CudaStatus.InvalidValue or CudaStatus.InvalidHandle => InvalidValue,
        CudaStatus.NotSupported => NotSupported,
        _ => ExecutionFailed,
    };

    /// <summary>The name of a status.</summary>
    /// <param name="status">The status.</param>
    public static string NameOf(int status) => status switch
    {
        0 => "CUBLAS_STATUS_SUCCESS",
        NotInitialized => "CUBLAS_STATUS_NOT_INITIALIZED",
        AllocFailed => "CUBLAS_STATUS_ALLOC_FAILED",
        InvalidValue => "CUBLAS_STATUS_INVALID_VALUE",
        8 => "CUBLAS_STATUS_ARCH_MISMATCH",
        11 => "CUBLAS_STATUS_MAPPING_ERROR",
        ExecutionFailed => "CUBLAS_STATUS_EXECUTION_FAILED",
        InternalError => "CUBLAS_STATUS_INTERNAL_ERROR",
        NotSupported => "CUBLAS_STATUS_NOT_SUPPORTED",
        16 => "CUBLAS_STATUS_LICENSE_ERROR",
        _ => "unknown cuBLAS status",
    };
}
