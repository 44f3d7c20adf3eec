using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Driver;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The functions of the emulated cuDNN that say which algorithms there are and what they need.</summary>
internal sealed unsafe class CudnnAlgorithmExports : ExportGroup
{
    private const int ResultBytes = 48;
    private const int StatusOffset = 4;
    private const int TimeOffset = 8;
    private const int MemoryOffset = 16;
    private const int DeterminismOffset = 24;
    private const int MathTypeOffset = 28;

    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    public CudnnAlgorithmExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<CudnnSignatures.Algorithms>(nameof(cudnnGetConvolutionForwardAlgorithm_v7), cudnnGetConvolutionForwardAlgorithm_v7);
        library.Add<CudnnSignatures.Algorithms>(
            nameof(cudnnGetConvolutionBackwardDataAlgorithm_v7), cudnnGetConvolutionBackwardDataAlgorithm_v7);
        library.Add<CudnnSignatures.Algorithms>(
            nameof(cudnnGetConvolutionBackwardFilterAlgorithm_v7), cudnnGetConvolutionBackwardFilterAlgorithm_v7);
        library.Add<CudnnSignatures.Workspace>(nameof(cudnnGetConvolutionForwardWorkspaceSize), cudnnGetConvolutionForwardWorkspaceSize);
        library.Add<CudnnSignatures.Workspace>(
            nameof(cudnnGetConvolutionBackwardDataWorkspaceSize), cudnnGetConvolutionBackwardDataWorkspaceSize);
        library.Add<CudnnSignatures.Workspace>(
            nameof(cudnnGetConvolutionBackwardFilterWorkspaceSize), cudnnGetConvolutionBackwardFilterWorkspaceSize);
    }

    private int cudnnGetConvolutionForwardAlgorithm_v7(
        nint handle, nint x, nint w, nint convolution, nint y, int room, int* found, byte* results) =>
        Run(nameof(cudnnGetConvolutionForwardAlgorithm_v7), () =>
            List(ConvolutionPass.Forward, Problem(handle, x, w, y, convolution), room, found, results));

    private int cudnnGetConvolutionBackwardDataAlgorithm_v7(
        nint handle, nint w, nint dy, nint convolution, nint dx, int room, int* found, byte* results) =>
        Run(nameof(cudnnGetConvolutionBackwardDataAlgorithm_v7), () =>
            List(ConvolutionPass.BackwardData, Problem(handle, dx, w, dy, convolution), room, found, results));

    private int cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        nint handle, nint x, nint dy, nint convolution, nint dw, int room, int* found, byte* results) =>
        Run(nameof(cudnnGetConvolutionBackwardFilterAlgorithm_v7), () =>
            List(ConvolutionPass.BackwardFilter, Problem(handle, x, dw, dy, convolution), room, found, results));

    private int cudnnGetConvolutionForwardWorkspaceSize(
        nint handle, nint x, nint w, nint convolution, nint y, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionForwardWorkspaceSize), () =>
            Measure(ConvolutionPass.Forward, Problem(handle, x, w, y, convolution), algorithm, bytes));

    private int cudnnGetConvolutionBackwardDataWorkspaceSize(
        nint handle, nint w, nint dy, nint convolution, nint dx, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionBackwardDataWorkspaceSize), () =>
            Measure(ConvolutionPass.BackwardData, Problem(handle, dx, w, dy, convolution), algorithm, bytes));

    private int cudnnGetConvolutionBackwardFilterWorkspaceSize(
        nint handle, nint x, nint dy, nint convolution, nint dw, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionBackwardFilterWorkspaceSize), () =>
            Measure(ConvolutionPass.BackwardFilter, Problem(handle, x, dw, dy, convolution), algorithm, bytes));

    private static void Measure(ConvolutionPass pass, ConvolutionProblem problem, int algorithm, nuint* bytes)
    {
        NotNull(bytes, "size", CudnnStatus.BadParam);
        *bytes = (nuint)ConvolutionAlgorithm.Of(pass, algorithm).WorkspaceBytes(problem);
    }

    private static void List(ConvolutionPass pass, ConvolutionProblem problem, int room, int* found, byte* results)
    {
        NotNull(found, "count", CudnnStatus.BadParam);
        NotNull(results, "results", CudnnStatus.BadParam);
        if (room < 1)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"{room} algorithms were asked for; ask for at least 1.");
        }

        ReadOnlySpan<ConvolutionAlgorithm> offered = ConvolutionAlgorithm.All(pass);
        int count = 0;
        foreach (ConvolutionAlgorithm algorithm in offered)
        {
            Write(results, room, ref count, algorithm, 0, problem.MathType, algorithm.WorkspaceBytes(problem));
        }

        for (int number = 0; number < ConvolutionAlgorithm.Numbers(pass); number++)
        {
            if (!IsOffered(offered, number))
            {
                Write(results, room, ref count, new ConvolutionAlgorithm(number, false, false), CudnnStatus.NotSupported, problem.MathType, 0);
            }
        }

        *found = count;
    }

    private static bool IsOffered(ReadOnlySpan<ConvolutionAlgorithm> offered, int number)
    {
        foreach (ConvolutionAlgorithm algorithm in offered)
        {
            if (algorithm.Number == number)
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(byte* results, int room, ref int count, ConvolutionAlgorithm algorithm, int status, int mathType, long bytes)
    {
        if (count == room)
        {
            return;
        }

        Span<byte> result = new(results + (count * ResultBytes), ResultBytes);
        count++;
        result.Clear();
        MemoryMarshal.Write(result, algorithm.Number);
        MemoryMarshal.Write(result[StatusOffset..], status);
        MemoryMarshal.Write(result[TimeOffset..], status == 0 ? 0.01f * count : -1f);
        MemoryMarshal.Write(result[MemoryOffset..], (nuint)bytes);
        MemoryMarshal.Write(result[DeterminismOffset..], algorithm.IsDeterministic ? 1 : 0);
        MemoryMarshal.Write(result[MathTypeOffset..], mathType);
    }

    private ConvolutionProblem Problem(nint handle, nint input, nint filter, nint output, nint convolution)
    {
        _ = CudnnHandle.Of(_driver, handle);
        return ConvolutionProblem.Of(_driver.Handles, input, filter, output, convolution);
    }
}
