using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;
using Msr.Cuda.Emulation.Ptx.Syntax;
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
        CheckExtents(kernel, "grid", grid, DeviceAttributes.MaxGrid);
        CheckExtents(kernel, "block", block, DeviceAttributes.MaxBlock);
        CheckResources(kernel, block, sharedBytes);
        if (extra is not null)
        {
            throw CallFailedException.Fault(
                CudaStatus.NotSupported, $"{kernel.Name}: arguments packed in 'extra' are not supported; pass a pointer to each.");
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
            throw CallFailedException.Fault(CudaStatus.LaunchFailed, $"{kernel.Name}: a graph launched the kernel after its module was unloaded.");
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
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{kernel.Name}: the {what} is {extents}; its extents must be from (1, 1, 1) to {largest}.");
        }
    }

    private static void CheckResources(PtxKernel kernel, (uint X, uint Y, uint Z) block, uint sharedBytes)
    {
        ulong threads = (ulong)block.X * block.Y * block.Z;
        if (threads > DeviceAttributes.MaxThreads)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidValue, $"{kernel.Name}: the block has {threads} threads; a device allows {DeviceAttributes.MaxThreads}.");
        }

        if (threads > (ulong)kernel.MaxThreads)
        {
            throw CallFailedException.Fault(
                CudaStatus.LaunchOutOfResources, $"{kernel.Name}: the block has {threads} threads; the kernel was compiled for at most {kernel.MaxThreads}.");
        }

        if (kernel.RequiredBlock is { } required && required != block)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{kernel.Name}: the block is {block}; the kernel was compiled for {required} only.");
        }

        if (kernel.SharedBytes > DeviceAttributes.SharedBytes)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidValue, $"{kernel.Name}: the kernel uses {kernel.SharedBytes} bytes of shared memory; a block has {DeviceAttributes.SharedBytes}.");
        }

        if (sharedBytes != 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.NotSupported,
                $"{kernel.Name}: dynamic shared memory ({sharedBytes} bytes) is not supported; declare static shared memory.");
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
