using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Kernels;

/// <summary>Opens the kernels on an emulated device: what runs is the PTX text that ships.</summary>
internal static class EmulatedKernels
{
    public static KernelBackend Open() => new(new EmulatedCuda(new EmulationOptions { RecordCalls = false }));
}
