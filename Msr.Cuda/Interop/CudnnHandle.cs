using System.Runtime.CompilerServices;

namespace Msr.Cuda.Interop;

/// <summary>Convolutions on one queue. Its context must be current; one thread at a time.</summary>
internal sealed unsafe class CudnnHandle : ContextHandle
{
    private const int OldestRelease = 8000;
    private const int MostAlgorithms = 16;

    /// <summary>Implicit and explicit matrix products: sums of products, within the bound of such a sum. FFT and Winograd transform first, and are not.</summary>
    private static ReadOnlySpan<int> SummingForward => [0, 1, 2];

    /// <summary>The backward algorithms that sum products.</summary>
    private static ReadOnlySpan<int> SummingBackward => [0, 1];

    /// <summary>Opens cuDNN.</summary>
    /// <param name="api">cuDNN.</param>
    /// <param name="stream">The queue. It stays alive until this is released.</param>
    /// <exception cref="CudaException">cuDNN is older than 8, or refuses.</exception>
    public CudnnHandle(CudnnApi api, CudaStream stream)
        : base(Checked(stream).Context)
    {
        ArgumentNullException.ThrowIfNull(api);
        Cudnn = api;
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

    /// <summary>Chooses how to compute y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="w">The filters.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="y">The output.</param>
    /// <param name="workspaceLimit">The most workspace in bytes.</param>
    /// <param name="deterministic">Whether only algorithms will do that give the same bits for the same input.</param>
    /// <returns>The one that cuDNN expects to be fastest; null where cuDNN has none.</returns>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public ConvolutionAlgorithm? ForwardAlgorithm(
        TensorDescriptor x,
        FilterDescriptor w,
        ConvolutionDescriptor convolution,
        TensorDescriptor y,
        long workspaceLimit,
        bool deterministic)
    {
        Span<CudnnPerformance> room = stackalloc CudnnPerformance[MostAlgorithms];
        fixed (CudnnPerformance* results = room)
        {
            int found;
            int status = Cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                Live, x.Handle, w.Handle, convolution.Handle, y.Handle, MostAlgorithms, &found, results);
            return First(
                Found(status, nameof(Cudnn.cudnnGetConvolutionForwardAlgorithm_v7), room, found),
                Cudnn.cudnnGetConvolutionForwardWorkspaceSize,
                (x.Handle, w.Handle, convolution.Handle, y.Handle),
                workspaceLimit,
                deterministic,
                SummingForward);
        }
    }

    /// <summary>Chooses how to compute dx.</summary>
    /// <param name="w">The filters.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="dx">The gradient of the input.</param>
    /// <param name="workspaceLimit">The most workspace in bytes.</param>
    /// <param name="deterministic">Whether only algorithms will do that give the same bits for the same input.</param>
    /// <returns>The one that cuDNN expects to be fastest; null where cuDNN has none.</returns>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public ConvolutionAlgorithm? BackwardDataAlgorithm(
        FilterDescriptor w,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        TensorDescriptor dx,
        long workspaceLimit,
        bool deterministic)
    {
        Span<CudnnPerformance> room = stackalloc CudnnPerformance[MostAlgorithms];
        fixed (CudnnPerformance* results = room)
        {
            int found;
            int status = Cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                Live, w.Handle, dy.Handle, convolution.Handle, dx.Handle, MostAlgorithms, &found, results);
            return First(
                Found(status, nameof(Cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7), room, found),
                Cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize,
                (w.Handle, dy.Handle, convolution.Handle, dx.Handle),
                workspaceLimit,
                deterministic,
                SummingBackward);
        }
    }

    /// <summary>Chooses how to compute dw.</summary>
    /// <param name="x">The input.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="dw">The gradient of the filters.</param>
    /// <param name="workspaceLimit">The most workspace in bytes.</param>
    /// <param name="deterministic">Whether only algorithms will do that give the same bits for the same input.</param>
    /// <returns>The one that cuDNN expects to be fastest; null where cuDNN has none.</returns>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public ConvolutionAlgorithm? BackwardFilterAlgorithm(
        TensorDescriptor x,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        FilterDescriptor dw,
        long workspaceLimit,
        bool deterministic)
    {
        Span<CudnnPerformance> room = stackalloc CudnnPerformance[MostAlgorithms];
        fixed (CudnnPerformance* results = room)
        {
            int found;
            int status = Cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                Live, x.Handle, dy.Handle, convolution.Handle, dw.Handle, MostAlgorithms, &found, results);
            return First(
                Found(status, nameof(Cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7), room, found),
                Cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize,
                (x.Handle, dy.Handle, convolution.Handle, dw.Handle),
                workspaceLimit,
                deterministic,
                SummingBackward);
        }
    }

    /// <summary>Queues y = x ⋆ w + beta·y.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="algorithm">How, as <see cref="ForwardAlgorithm"/> chose.</param>
    /// <param name="x">The input.</param>
    /// <param name="xAddress">Its device address.</param>
    /// <param name="w">The filters.</param>
    /// <param name="wAddress">Their device address.</param>
    /// <param name="workspace">The device address of as much scratch memory as the algorithm needs.</param>
    /// <param name="beta">The factor of what y holds; with 0, y is only written.</param>
    /// <param name="y">The output.</param>
    /// <param name="yAddress">Its device address.</param>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public void Forward(
        ConvolutionDescriptor convolution,
        ConvolutionAlgorithm algorithm,
        TensorDescriptor x,
        ulong xAddress,
        FilterDescriptor w,
        ulong wAddress,
        ulong workspace,
        float beta,
        TensorDescriptor y,
        ulong yAddress)
    {
        float alpha = 1;
        Cudnn.Check(Cudnn.cudnnConvolutionForward(
            Live,
            &alpha,
            x.Handle,
            xAddress,
            w.Handle,
            wAddress,
            convolution.Handle,
            algorithm.Algorithm,
            workspace,
            (nuint)algorithm.WorkspaceBytes,
            &beta,
            y.Handle,
            yAddress));
    }

    /// <summary>Queues dx = dy convolved with w + beta·dx, the adjoint of <see cref="Forward"/> in x.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="algorithm">How, as <see cref="BackwardDataAlgorithm"/> chose.</param>
    /// <param name="w">The filters.</param>
    /// <param name="wAddress">Their device address.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="dyAddress">Its device address.</param>
    /// <param name="workspace">The device address of as much scratch memory as the algorithm needs.</param>
    /// <param name="beta">The factor of what dx holds; with 0, dx is only written.</param>
    /// <param name="dx">The gradient of the input.</param>
    /// <param name="dxAddress">Its device address.</param>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public void BackwardData(
        ConvolutionDescriptor convolution,
        ConvolutionAlgorithm algorithm,
        FilterDescriptor w,
        ulong wAddress,
        TensorDescriptor dy,
        ulong dyAddress,
        ulong workspace,
        float beta,
        TensorDescriptor dx,
        ulong dxAddress)
    {
        float alpha = 1;
        Cudnn.Check(Cudnn.cudnnConvolutionBackwardData(
            Live,
            &alpha,
            w.Handle,
            wAddress,
            dy.Handle,
            dyAddress,
            convolution.Handle,
            algorithm.Algorithm,
            workspace,
            (nuint)algorithm.WorkspaceBytes,
            &beta,
            dx.Handle,
            dxAddress));
    }

    /// <summary>Queues dw = x ⋆ dy + beta·dw, the adjoint of <see cref="Forward"/> in w.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="algorithm">How, as <see cref="BackwardFilterAlgorithm"/> chose.</param>
    /// <param name="x">The input.</param>
    /// <param name="xAddress">Its device address.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="dyAddress">Its device address.</param>
    /// <param name="workspace">The device address of as much scratch memory as the algorithm needs.</param>
    /// <param name="beta">The factor of what dw holds; with 0, dw is only written.</param>
    /// <param name="dw">The gradient of the filters.</param>
    /// <param name="dwAddress">Its device address.</param>
    /// <exception cref="CudaException">cuDNN failed.</exception>
    public void BackwardFilter(
        ConvolutionDescriptor convolution,
        ConvolutionAlgorithm algorithm,
        TensorDescriptor x,
        ulong xAddress,
        TensorDescriptor dy,
        ulong dyAddress,
        ulong workspace,
        float beta,
        FilterDescriptor dw,
        ulong dwAddress)
    {
        float alpha = 1;
        Cudnn.Check(Cudnn.cudnnConvolutionBackwardFilter(
            Live,
            &alpha,
            x.Handle,
            xAddress,
            dy.Handle,
            dyAddress,
            convolution.Handle,
            algorithm.Algorithm,
            workspace,
            (nuint)algorithm.WorkspaceBytes,
            &beta,
            dw.Handle,
            dwAddress));
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

    private ReadOnlySpan<CudnnPerformance> Found(int status, string call, ReadOnlySpan<CudnnPerformance> room, int found) =>
        status == 0 ? room[..found]
        : Cudnn.SaysNotSupported(status) ? []
        : throw Cudnn.Failure(status, call);

    /// <summary>
    /// The first usable algorithm. Those with tensor-core arithmetic other than TF32's are passed over: the descriptor did not ask for
    /// them, and some of them round to half precision.
    /// </summary>
    private ConvolutionAlgorithm? First(
        ReadOnlySpan<CudnnPerformance> found,
        delegate* unmanaged<nint, nint, nint, nint, nint, int, nuint*, int> workspaceOf,
        (nint First, nint Second, nint Convolution, nint Result) operands,
        long workspaceLimit,
        bool deterministic,
        ReadOnlySpan<int> allowed,
        [CallerArgumentExpression(nameof(workspaceOf))] string call = "")
    {
        foreach (CudnnPerformance one in found)
        {
            if (one.Status != 0
                || !allowed.Contains(one.Algorithm)
                || (deterministic && one.Determinism != 1)
                || one.MathType is not (ConvolutionDescriptor.DefaultMath or ConvolutionDescriptor.FmaMath))
            {
                continue;
            }

            nuint bytes;
            int status = workspaceOf(Live, operands.First, operands.Second, operands.Convolution, operands.Result, one.Algorithm, &bytes);
            if (status != 0 && !Cudnn.SaysNotSupported(status))
            {
                throw Cudnn.Failure(status, CallName.Of(call));
            }

            if (status == 0 && bytes <= (nuint)workspaceLimit)
            {
                return new ConvolutionAlgorithm(one.Algorithm, (long)bytes, one.Determinism == 1);
            }
        }

        return null;
    }
}
