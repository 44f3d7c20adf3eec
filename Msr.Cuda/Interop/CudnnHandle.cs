using Msr.Core.Ops;

namespace Msr.Cuda.Interop;

/// <summary>Convolutions on one stream. Its context must be current; one thread at a time.</summary>
internal sealed unsafe class CudnnHandle : ContextHandle
{
    private const int OldestRelease = 8000;
    private const int MaxAlgorithms = 16;

    private readonly CudnnDirection _forward;
    private readonly CudnnDirection _backwardData;
    private readonly CudnnDirection _backwardFilter;

    /// <summary>Opens cuDNN.</summary>
    /// <param name="api">cuDNN.</param>
    /// <param name="stream">The stream. It stays alive until this is released.</param>
    /// <exception cref="CudaException">cuDNN is older than 8, or refuses.</exception>
    public CudnnHandle(CudnnApi api, CudaStream stream)
        : base(Checked(stream).Context)
    {
        ArgumentNullException.ThrowIfNull(api);
        Cudnn = api;
        (_forward, _backwardData, _backwardFilter) = (CudnnDirection.Forward(api), CudnnDirection.BackwardData(api), CudnnDirection.BackwardFilter(api));
        LibraryVersion = ReleaseOf(api);
        nint made;
        api.Check(api.cudnnCreate(&made));
        Own(made, stream);
        try
        {
            api.Check(api.cudnnSetStream(made, stream.Handle));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>cuDNN.</summary>
    public CudnnApi Cudnn { get; }

    /// <summary>The release, such as 9.6.0.</summary>
    public Version LibraryVersion { get; }

    /// <summary>Chooses how to compute a convolution.</summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="workspaceLimit">The most workspace in bytes.</param>
    /// <param name="deterministic">Whether to pass over algorithms that may give other bits for the same input.</param>
    /// <returns>The algorithm that cuDNN expects to be fastest; null where cuDNN has none.</returns>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public ConvolutionAlgorithm? Choose(ConvolutionProblem problem, long workspaceLimit, bool deterministic)
    {
        CudnnDirection direction = Of(problem.Direction);
        (nint first, nint second, nint result) =
            problem.InOrder(problem.Images.Handle, problem.Filters.Handle, problem.Outputs.Handle);
        nint convolution = problem.Convolution.Handle;
        Span<CudnnPerformance> room = stackalloc CudnnPerformance[MaxAlgorithms];
        int found;
        fixed (CudnnPerformance* results = room)
        {
            int status = direction.List(Live, first, second, convolution, result, MaxAlgorithms, &found, results);
            if (status != 0)
            {
                return Cudnn.SaysNotSupported(status) ? null : throw Cudnn.Failure(status, direction.ListName);
            }
        }

        foreach (CudnnPerformance candidate in room[..found])
        {
            if (candidate.MayBeUsed(direction.SummingAlgorithms, deterministic)
                && WorkspaceOf(direction, first, second, convolution, result, candidate.Algorithm) is { } bytes
                && bytes <= (nuint)workspaceLimit)
            {
                return new ConvolutionAlgorithm(candidate.Algorithm, (long)bytes, candidate.Determinism == 1);
            }
        }

        return null;
    }

    /// <summary>
    /// Queues a convolution: y = x ⋆ w + beta·y, dx = dy convolved with w + beta·dx, or dw = x ⋆ dy + beta·dw, the adjoints of the first.
    /// </summary>
    /// <param name="problem">The convolution.</param>
    /// <param name="algorithm">The algorithm, as <see cref="Choose"/> found it.</param>
    /// <param name="images">The device address of x or dx.</param>
    /// <param name="filters">The device address of w or dw.</param>
    /// <param name="outputs">The device address of y or dy.</param>
    /// <param name="workspace">The device address of as much scratch memory as the algorithm needs.</param>
    /// <param name="beta">The factor of what the result holds; with 0, the result is only written.</param>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public void Convolve(
        ConvolutionProblem problem, ConvolutionAlgorithm algorithm, ulong images, ulong filters, ulong outputs, ulong workspace, float beta)
    {
        CudnnDirection direction = Of(problem.Direction);
        (nint firstDescriptor, nint secondDescriptor, nint resultDescriptor) =
            problem.InOrder(problem.Images.Handle, problem.Filters.Handle, problem.Outputs.Handle);
        (ulong first, ulong second, ulong result) = problem.InOrder(images, filters, outputs);
        float alpha = 1;
        int status = direction.Convolve(
            Live,
            &alpha,
            firstDescriptor,
            first,
            secondDescriptor,
            second,
            problem.Convolution.Handle,
            algorithm.Number,
            workspace,
            (nuint)algorithm.WorkspaceBytes,
            &beta,
            resultDescriptor,
            result);
        if (status != 0)
        {
            throw Cudnn.Failure(status, direction.ConvolveName);
        }
    }

    /// <summary>The handle itself, for a constructor that needs its context before its own checks run.</summary>
    /// <param name="cudnn">cuDNN.</param>
    internal static CudnnHandle Checked(CudnnHandle cudnn)
    {
        ArgumentNullException.ThrowIfNull(cudnn);
        return cudnn;
    }

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Cudnn.cudnnDestroy(owned) == 0;

    private static CudaStream Checked(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream;
    }

    private static Version ReleaseOf(CudnnApi api)
    {
        int number = (int)api.cudnnGetVersion();
        int major = number >= 90000 ? number / 10000 : number / 1000;
        int rest = number >= 90000 ? number % 10000 : number % 1000;
        return number >= OldestRelease
            ? new Version(major, rest / 100, rest % 100)
            : throw new CudaException($"{api.Library.Name} is cuDNN {major}: install cuDNN 9 (or 8), or run without cuDNN.");
    }

    private CudnnDirection Of(ConvDirection direction) => direction switch
    {
        ConvDirection.Forward => _forward,
        ConvDirection.BackwardData => _backwardData,
        _ => _backwardFilter,
    };

    /// <summary>The workspace of an algorithm; null where cuDNN cannot use it after all.</summary>
    private nuint? WorkspaceOf(CudnnDirection direction, nint first, nint second, nint convolution, nint result, int algorithm)
    {
        nuint bytes;
        int status = direction.Measure(Live, first, second, convolution, result, algorithm, &bytes);
        return status == 0 ? bytes
            : Cudnn.SaysNotSupported(status) ? null
            : throw Cudnn.Failure(status, direction.MeasureName);
    }
}
