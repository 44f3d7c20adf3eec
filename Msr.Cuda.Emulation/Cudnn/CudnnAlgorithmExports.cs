using Msr.Core.Ops;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The functions of the emulated cuDNN that say which algorithms there are and what they need.</summary>
internal sealed unsafe class CudnnAlgorithmExports : ExportGroup
{
    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    public CudnnAlgorithmExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<CudnnFunctions.cudnnGetConvolutionForwardAlgorithm_v7>(cudnnGetConvolutionForwardAlgorithm_v7);
        library.Add<CudnnFunctions.cudnnGetConvolutionBackwardDataAlgorithm_v7>(cudnnGetConvolutionBackwardDataAlgorithm_v7);
        library.Add<CudnnFunctions.cudnnGetConvolutionBackwardFilterAlgorithm_v7>(cudnnGetConvolutionBackwardFilterAlgorithm_v7);
        library.Add<CudnnFunctions.cudnnGetConvolutionForwardWorkspaceSize>(cudnnGetConvolutionForwardWorkspaceSize);
        library.Add<CudnnFunctions.cudnnGetConvolutionBackwardDataWorkspaceSize>(cudnnGetConvolutionBackwardDataWorkspaceSize);
        library.Add<CudnnFunctions.cudnnGetConvolutionBackwardFilterWorkspaceSize>(cudnnGetConvolutionBackwardFilterWorkspaceSize);
    }

    private int cudnnGetConvolutionForwardAlgorithm_v7(
        nint handle, nint x, nint w, nint convolution, nint y, int room, int* found, CudnnPerformance* results) =>
        Run(nameof(cudnnGetConvolutionForwardAlgorithm_v7), () =>
            List(ConvDirection.Forward, Problem(handle, x, w, y, convolution), room, found, results));

    private int cudnnGetConvolutionBackwardDataAlgorithm_v7(
        nint handle, nint w, nint dy, nint convolution, nint dx, int room, int* found, CudnnPerformance* results) =>
        Run(nameof(cudnnGetConvolutionBackwardDataAlgorithm_v7), () =>
            List(ConvDirection.BackwardData, Problem(handle, dx, w, dy, convolution), room, found, results));

    private int cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        nint handle, nint x, nint dy, nint convolution, nint dw, int room, int* found, CudnnPerformance* results) =>
        Run(nameof(cudnnGetConvolutionBackwardFilterAlgorithm_v7), () =>
            List(ConvDirection.BackwardFilter, Problem(handle, x, dw, dy, convolution), room, found, results));

    private int cudnnGetConvolutionForwardWorkspaceSize(
        nint handle, nint x, nint w, nint convolution, nint y, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionForwardWorkspaceSize), () =>
            Measure(ConvDirection.Forward, Problem(handle, x, w, y, convolution), algorithm, bytes));

    private int cudnnGetConvolutionBackwardDataWorkspaceSize(
        nint handle, nint w, nint dy, nint convolution, nint dx, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionBackwardDataWorkspaceSize), () =>
            Measure(ConvDirection.BackwardData, Problem(handle, dx, w, dy, convolution), algorithm, bytes));

    private int cudnnGetConvolutionBackwardFilterWorkspaceSize(
        nint handle, nint x, nint dy, nint convolution, nint dw, int algorithm, nuint* bytes) =>
        Run(nameof(cudnnGetConvolutionBackwardFilterWorkspaceSize), () =>
            Measure(ConvDirection.BackwardFilter, Problem(handle, x, dw, dy, convolution), algorithm, bytes));

    private static void Measure(ConvDirection pass, DescribedConvolution problem, int algorithm, nuint* bytes)
    {
        NotNull(bytes, "size", CudnnStatus.BadParam);
        *bytes = (nuint)OfferedAlgorithm.Of(pass, algorithm).WorkspaceBytes(problem);
    }

    private static void List(ConvDirection pass, DescribedConvolution problem, int room, int* found, CudnnPerformance* results)
    {
        NotNull(found, "count", CudnnStatus.BadParam);
        NotNull(results, "results", CudnnStatus.BadParam);
        if (room < 1)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"{room} algorithms were asked for; ask for at least 1.");
        }

        ReadOnlySpan<OfferedAlgorithm> offered = OfferedAlgorithm.All(pass);
        int count = 0;
        foreach (OfferedAlgorithm algorithm in offered)
        {
            Write(results, room, ref count, algorithm, 0, problem.MathType, algorithm.WorkspaceBytes(problem));
        }

        for (int number = 0; number < OfferedAlgorithm.Numbers(pass); number++)
        {
            if (!IsOffered(offered, number))
            {
                Write(results, room, ref count, new OfferedAlgorithm(number, false, false), CudnnStatus.NotSupported, problem.MathType, 0);
            }
        }

        *found = count;
    }

    private static bool IsOffered(ReadOnlySpan<OfferedAlgorithm> offered, int number)
    {
        foreach (OfferedAlgorithm algorithm in offered)
        {
            if (algorithm.Number == number)
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(CudnnPerformance* results, int room, ref int count, OfferedAlgorithm algorithm, int status, int mathType, long bytes)
    {
        if (count == room)
        {
            return;
        }

        results[count++] = new CudnnPerformance
        {
            Algorithm = algorithm.Number,
            Status = status,
            Time = status == 0 ? 0.01f * count : -1f,
            Memory = (nuint)bytes,
            Determinism = algorithm.IsDeterministic ? 1 : 0,
            MathType = mathType,
        };
    }

    private DescribedConvolution Problem(nint handle, nint input, nint filter, nint output, nint convolution)
    {
        _ = EmulatedCudnn.Of(_driver, handle);
        return DescribedConvolution.Of(_driver.Handles, input, filter, output, convolution);
    }
}
