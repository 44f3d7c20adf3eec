using Msr.Cuda.Emulation.Ptx;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's function that launches a kernel.</summary>
internal sealed unsafe class LaunchExports : ExportGroup
{
    private readonly EmulatedDriver _driver;

    /// <summary>Adds the function to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public LaunchExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuLaunchKernel>(cuLaunchKernel);
    }

    private int cuLaunchKernel(
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
        void** extra) => Run(nameof(cuLaunchKernel), () =>
    {
        EmulatedStream target = _driver.Stream(stream);
        EmulatedFunction launched = _driver.Owned<EmulatedFunction>(function, owned => owned.Module.Context);
        PtxKernel kernel = launched.Kernel;
        (uint X, uint Y, uint Z) grid = (gridX, gridY, gridZ);
        (uint X, uint Y, uint Z) block = (blockX, blockY, blockZ);
        CheckExtents(kernel, "grid", grid, DeviceAttributes.LargestGrid);
        CheckExtents(kernel, "block", block, DeviceAttributes.LargestBlock);
        CheckResources(kernel, block, sharedBytes);
        if (extra is not null)
        {
            throw CallFailedException.Fault(
                CudaStatus.NotSupported, $"{kernel.Name}: the emulation takes arguments one by one, not packed in 'extra'.");
        }

        byte[] parameters = Copy(kernel, arguments);
        EmulatedDevice device = target.Context.Device;
        _driver.Enqueue(target, kernel.Name, () => Execute(device, launched, grid, block, parameters));
    });

    private static void Execute(
        EmulatedDevice device, EmulatedFunction launched, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, byte[] parameters)
    {
        PtxKernel kernel = launched.Kernel;
        if (launched.Module.IsUnloaded)
        {
            throw CallFailedException.Fault(CudaStatus.LaunchFailed, $"{kernel.Name} was launched by a graph after its module was unloaded.");
        }

        try
        {
            device.Machine.Launch(kernel, grid, block, parameters);
        }
        catch (EmulationException fault)
        {
            throw CallFailedException.Fault(CudaStatus.LaunchFailed, $"{kernel.Name}: {fault.Message}", fault);
        }
    }

    private static void CheckExtents(PtxKernel kernel, string what, (uint X, uint Y, uint Z) extents, (uint X, uint Y, uint Z) largest)
    {
        if (extents.X == 0 || extents.Y == 0 || extents.Z == 0 || extents.X > largest.X || extents.Y > largest.Y || extents.Z > largest.Z)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{kernel.Name}: a {what} of {extents} is not from (1, 1, 1) to {largest}.");
        }
    }

    private static void CheckResources(PtxKernel kernel, (uint X, uint Y, uint Z) block, uint sharedBytes)
    {
        ulong threads = (ulong)block.X * block.Y * block.Z;
        if (threads > DeviceAttributes.LargestThreads)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidValue, $"{kernel.Name}: {threads} threads in a block, at most {DeviceAttributes.LargestThreads} are possible.");
        }

        if (threads > (ulong)kernel.MaxThreads)
        {
            throw CallFailedException.Fault(
                CudaStatus.LaunchOutOfResources, $"{kernel.Name}: {threads} threads in a block, it was compiled for at most {kernel.MaxThreads}.");
        }

        if (kernel.RequiredBlock is { } required && required != block)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{kernel.Name}: a block of {block}, it was compiled for {required} alone.");
        }

        if (kernel.SharedBytes > DeviceAttributes.SharedBytes)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidValue, $"{kernel.Name}: {kernel.SharedBytes} bytes of shared memory, a block has {DeviceAttributes.SharedBytes}.");
        }

        if (sharedBytes != 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.NotSupported,
                $"{kernel.Name}: {sharedBytes} bytes of dynamic shared memory; the emulation has static shared memory alone.");
        }
    }

    private static byte[] Copy(PtxKernel kernel, void** arguments)
    {
        byte[] parameters = new byte[kernel.ParameterBytes];
        if (kernel.Parameters.Length == 0)
        {
            return parameters;
        }

        NotNull(arguments, "arguments", CudaStatus.InvalidValue);
        for (int i = 0; i < kernel.Parameters.Length; i++)
        {
            PtxParameter parameter = kernel.Parameters[i];
            NotNull(arguments[i], $"argument {parameter.Name} of {kernel.Name}", CudaStatus.InvalidValue);
            new ReadOnlySpan<byte>(arguments[i], parameter.Size).CopyTo(parameters.AsSpan(parameter.Offset));
        }

        return parameters;
    }
}
