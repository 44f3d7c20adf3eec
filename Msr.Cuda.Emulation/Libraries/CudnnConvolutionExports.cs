using System.Runtime.InteropServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>The functions of the emulated cuDNN that convolve. Activations are [N, H, W, C], filters [K, R, S, C/G], all float32.</summary>
internal sealed unsafe class CudnnConvolutionExports : ExportGroup
{
    private const int OldestTf32 = 80;
    private const byte Scribble = 0xCB;

    private readonly EmulatedDriver _driver;
    private readonly HostArithmetic _arithmetic;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    /// <param name="arithmetic">The arithmetic.</param>
    public CudnnConvolutionExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver, HostArithmetic arithmetic)
        : base(library, gate)
    {
        (_driver, _arithmetic) = (driver, arithmetic);
        library.Add<CudnnFunctions.cudnnConvolutionForward>(cudnnConvolutionForward);
        library.Add<CudnnFunctions.cudnnConvolutionBackwardData>(cudnnConvolutionBackwardData);
        library.Add<CudnnFunctions.cudnnConvolutionBackwardFilter>(cudnnConvolutionBackwardFilter);
    }

    private int cudnnConvolutionForward(
        nint handle,
        float* alpha,
        nint xDescriptor,
        ulong x,
        nint wDescriptor,
        ulong w,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint yDescriptor,
        ulong y) => Run(nameof(cudnnConvolutionForward), () =>
    {
        DescribedConvolution problem = DescribedConvolution.Of(_driver.Handles, xDescriptor, wDescriptor, yDescriptor, convolution);
        Scratch scratch = CheckWorkspace(ConvDirection.Forward, problem, algorithm, workspace, workspaceBytes);
        Operands operands = new(x, problem.Input, w, problem.Geometry.Filter, y, problem.Output);
        Enqueue(nameof(cudnnConvolutionForward), handle, problem, operands, scratch, alpha, beta, (first, second, result) =>
            new ConvForward<float>(problem.Geometry, first, second, result));
    });

    private int cudnnConvolutionBackwardData(
        nint handle,
        float* alpha,
        nint wDescriptor,
        ulong w,
        nint dyDescriptor,
        ulong dy,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint dxDescriptor,
        ulong dx) => Run(nameof(cudnnConvolutionBackwardData), () =>
    {
        DescribedConvolution problem = DescribedConvolution.Of(_driver.Handles, dxDescriptor, wDescriptor, dyDescriptor, convolution);
        Scratch scratch = CheckWorkspace(ConvDirection.BackwardData, problem, algorithm, workspace, workspaceBytes);
        Operands operands = new(w, problem.Geometry.Filter, dy, problem.Output, dx, problem.Input);
        Enqueue(nameof(cudnnConvolutionBackwardData), handle, problem, operands, scratch, alpha, beta, (first, second, result) =>
            new ConvBackwardData<float>(problem.Geometry, second, first, result));
    });

    private int cudnnConvolutionBackwardFilter(
        nint handle,
        float* alpha,
        nint xDescriptor,
        ulong x,
        nint dyDescriptor,
        ulong dy,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint dwDescriptor,
        ulong dw) => Run(nameof(cudnnConvolutionBackwardFilter), () =>
    {
        DescribedConvolution problem = DescribedConvolution.Of(_driver.Handles, xDescriptor, dwDescriptor, dyDescriptor, convolution);
        Scratch scratch = CheckWorkspace(ConvDirection.BackwardFilter, problem, algorithm, workspace, workspaceBytes);
        Operands operands = new(x, problem.Input, dy, problem.Output, dw, problem.Geometry.Filter);
        Enqueue(nameof(cudnnConvolutionBackwardFilter), handle, problem, operands, scratch, alpha, beta, (first, second, result) =>
            new ConvBackwardFilter<float>(problem.Geometry, first, second, result));
    });

    private static Scratch CheckWorkspace(ConvDirection pass, DescribedConvolution problem, int algorithm, ulong workspace, nuint bytes)
    {
        long needed = OfferedAlgorithm.Of(pass, algorithm).WorkspaceBytes(problem);
        if (needed > 0 && (workspace == 0 || bytes < (nuint)needed))
        {
            throw CallFailedException.LibraryFault(
                CudnnStatus.BadParam,
                $"{pass}, algorithm {algorithm}: the workspace must have {needed} bytes; it has {bytes} at 0x{workspace:x}.");
        }

        return new Scratch(workspace, needed);
    }

    private void Enqueue(
        string name,
        nint handle,
        DescribedConvolution problem,
        Operands operands,
        Scratch workspace,
        float* alpha,
        float* beta,
        Func<TensorRef<float>, TensorRef<float>, TensorRef<float>, Op<float>> convolve)
    {
        NotNull(alpha, "alpha", CudnnStatus.BadParam);
        NotNull(beta, "beta", CudnnStatus.BadParam);
        EmulatedCudnn used = EmulatedCudnn.Of(_driver, handle);
        EmulatedStream stream = _driver.Stream(used.Stream);
        DeviceAccess access = used.Context.Access;
        (float scale, float keep) = (*alpha, *beta);
        bool tf32 = problem.AllowsTf32 && _driver.Options.ComputeCapability >= OldestTf32;
        _driver.Enqueue(stream, name, () =>
        {
            // Real algorithms leave garbage there: a caller that kept data in it, or let it overlap an operand, must notice.
            if (workspace.Bytes > 0)
            {
                access.Locate(workspace.Address, workspace.Bytes, $"{name}, workspace").Fill(Scribble);
            }

            TensorRef<float> first = Load(0, access, operands.First, operands.FirstShape, $"{name}, first operand", tf32);
            TensorRef<float> second = Load(1, access, operands.Second, operands.SecondShape, $"{name}, second operand", tf32);
            TensorRef<float> result = _arithmetic.Tensor(2, operands.ResultShape);
            _arithmetic.Run(convolve(first, second, result));
            Store(access, operands, HostArithmetic.SpanOf(result), scale, keep, $"{name}, result");
        });
    }

    private TensorRef<float> Load(int index, DeviceAccess access, ulong address, Shape shape, string caller, bool tf32)
    {
        TensorRef<float> tensor = _arithmetic.Tensor(index, shape);
        HostArithmetic.Load(access.Read(address, shape.Length * sizeof(float), caller, sizeof(float)), HostArithmetic.SpanOf(tensor), tf32);
        return tensor;
    }

    private static void Store(DeviceAccess access, Operands operands, ReadOnlySpan<float> computed, float alpha, float beta, string caller)
    {
        long bytes = operands.ResultShape.Length * sizeof(float);
        if (beta != 0)
        {
            _ = access.Read(operands.Result, bytes, caller, sizeof(float));
        }

        HostArithmetic.Blend(computed, alpha, beta, MemoryMarshal.Cast<byte, float>(access.Write(operands.Result, bytes, caller, sizeof(float))));
    }

    /// <summary>The part of a workspace that an algorithm uses.</summary>
    private readonly record struct Scratch(ulong Address, long Bytes);

    /// <summary>Two operands and a result on the device.</summary>
    private readonly record struct Operands(
        ulong First, Shape FirstShape, ulong Second, Shape SecondShape, ulong Result, Shape ResultShape);
}
