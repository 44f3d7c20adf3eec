using System.Collections.Immutable;
using Msr.Core.Backends;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace Msr.Cli;

/// <summary>The backends that need a GPU, and the one that runs their kernels and calls without one.</summary>
internal static class CudaEntries
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<BackendEntry<float>> All { get; } =
    [
        new("cuda", "an NVIDIA GPU, products and sums in float32", static request => Open(request, tf32: false), HasThreads: false) { Libraries = Libraries },
        new("cuda:tf32", "an NVIDIA GPU, inputs of products rounded to TF32", static request => Open(request, tf32: true), HasThreads: false),
        new("cuda-emulated", "the kernels and calls of cuda run and checked on this machine; very slow", Emulate, HasThreads: false),
    ];

    private static IReadOnlyList<string> Libraries(BackendRequest request)
    {
        CudaProbeReport report = CudaProbe.Report(new CudaProbeOptions { Folder = request.LibraryFolder });
        bool complete = report.Reason.Length == 0;
        return [.. report.Attempts.Where(attempt => attempt.Loaded || !complete).Select(Describe)];
    }

    private static string Describe(CudaProbeAttempt attempt) =>
        $"{attempt.Library}: {attempt.Name}, {(attempt.Loaded ? "loaded" : attempt.Problem ?? "not found")}";

    private static (IBackend<float>? Backend, string Reason) Open(BackendRequest request, bool tf32)
    {
        CudaOptions options = OptionsOf(request) with { Tf32 = tf32 };
        CudaProbeOptions probe = new() { Folder = request.LibraryFolder };
        return CudaBackend.TryCreate(options, probe, out CudaBackend? backend, out string reason) ? (backend, "") : (null, reason);
    }

    private static (IBackend<float>? Backend, string Reason) Emulate(BackendRequest request)
    {
        EmulatedCuda emulated = new(new EmulationOptions { RecordCalls = false });
        return (new CudaBackend(emulated.Libraries, OptionsOf(request) with { Name = "cuda-emulated" }), "");
    }

    private static CudaOptions OptionsOf(BackendRequest request) => new() { Device = request.Device, SynchronizeEveryOp = request.SynchronizeEveryOp };
}
