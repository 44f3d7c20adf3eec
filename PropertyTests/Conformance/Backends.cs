using Msr.Conformance.Subjects;
using Msr.Cpu;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;
using Msr.Cuda;
using Msr.Cuda.Emulation;

namespace PropertyTests.Conformance;

/// <summary>The one list of what the laws are run on.</summary>
internal static class Backends
{
    /// <summary>Every backend under test. A new backend is one line per element type here.</summary>
    public static IReadOnlyList<Subject> UnderTest { get; } =
    [
        new Subject<float>(new ReferenceBackend<float>()),
        new Subject<double>(new ReferenceBackend<double>()),
        new Subject<float>(new OracleBackend<float>()),
        new Subject<double>(new OracleBackend<double>()),
        new Subject<float>(new CpuBackend<float>(), static threads => new CpuBackend<float>(threads)),
        new Subject<float>(
            new CpuBackend<float>(convolutions: ConvolutionAlgorithm.Direct), static threads => new CpuBackend<float>(threads, convolutions: ConvolutionAlgorithm.Direct)),
        new Subject<double>(new CpuBackend<double>(), static threads => new CpuBackend<double>(threads)),
        new Subject<float>(Emulated("cuda-emulated", hasCudnn: true)),
        new Subject<float>(Emulated("cuda-emulated-without-cudnn", hasCudnn: false)),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => UnderTest.Select(static subject => subject.Info.Name);

    /// <summary>One of them.</summary>
    public static Subject Named(string name) => UnderTest.Single(subject => subject.Info.Name == name);

    private static CudaBackend Emulated(string name, bool hasCudnn) =>
        new(new EmulatedCuda(new EmulationOptions { HasCudnn = hasCudnn, RecordCalls = false }).Libraries, new CudaOptions { Name = name });
}
