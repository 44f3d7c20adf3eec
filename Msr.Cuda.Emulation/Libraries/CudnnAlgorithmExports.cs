using Msr.Core.Ops;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Libraries;

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
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"The results have room for {room} algorithms; they need room for at least 1.");
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

/// <summary>
/// An algorithm that the emulated cuDNN offers. All compute the same; they differ in what they promise and need, as real ones do. The fastest
/// gradients are not deterministic, so a caller that needs determinism must check for it.
/// </summary>
/// <param name="Number">Its number.</param>
/// <param name="IsDeterministic">Whether it promises the same bits.</param>
/// <param name="NeedsWorkspace">Whether it needs a workspace.</param>
internal sealed record OfferedAlgorithm(int Number, bool IsDeterministic, bool NeedsWorkspace)
{
    private const int WorkspaceGranularity = 256;

    private static readonly OfferedAlgorithm[] s_forward = [new(1, true, true), new(0, true, false)];
    private static readonly OfferedAlgorithm[] s_backwardData = [new(0, false, false), new(1, true, true)];
    private static readonly OfferedAlgorithm[] s_backwardFilter = [new(0, false, false), new(3, false, true), new(1, true, true)];

    /// <summary>The algorithms of a pass, the fastest first.</summary>
    /// <param name="pass">The pass.</param>
    public static ReadOnlySpan<OfferedAlgorithm> All(ConvDirection pass) => pass switch
    {
        ConvDirection.Forward => s_forward,
        ConvDirection.BackwardData => s_backwardData,
        _ => s_backwardFilter,
    };

    /// <summary>The number of algorithms that cuDNN numbers for a pass; it reports those not offered as not supported.</summary>
    /// <param name="pass">The pass.</param>
    public static int Numbers(ConvDirection pass) => pass switch
    {
        ConvDirection.Forward => 8,
        ConvDirection.BackwardData => 6,
        _ => 7,
    };

    /// <summary>The algorithm of a number.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="number">The number.</param>
    /// <exception cref="CallFailedException">It is not offered, or there is none.</exception>
    public static OfferedAlgorithm Of(ConvDirection pass, int number)
    {
        if ((uint)number >= (uint)Numbers(pass))
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"cuDNN has no algorithm {number} for {pass}.");
        }

        foreach (OfferedAlgorithm algorithm in All(pass))
        {
            if (algorithm.Number == number)
            {
                return algorithm;
            }
        }

        throw CallFailedException.LibraryFailure(CudnnStatus.NotSupported, $"The emulated cuDNN does not offer algorithm {number} for {pass}.");
    }

    /// <summary>The bytes of workspace that it needs: as many as the filters take, rounded up.</summary>
    /// <param name="problem">The convolution.</param>
    public long WorkspaceBytes(DescribedConvolution problem)
    {
        long bytes = problem.Geometry.Filter.Length * sizeof(float);
        return NeedsWorkspace ? (bytes + WorkspaceGranularity - 1) / WorkspaceGranularity * WorkspaceGranularity : 0;
    }
}
