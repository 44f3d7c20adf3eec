using System.Runtime.CompilerServices;

namespace Msr.Cuda.Interop;

/// <summary>
/// A stream of copies and launches that run in order. It does not wait for the default stream. Its context must be current; one thread at a time.
/// The caller keeps the memory of queued work alive until that work is done.
/// </summary>
internal sealed unsafe class CudaStream : ContextHandle
{
    private const uint NonBlocking = 1;
    private const int CaptureOfThisThread = 1;
    private const int MaxArguments = 128;

    /// <summary>Creates a stream.</summary>
    /// <param name="context">Its context. It becomes current.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaStream(CudaContext context)
        : base(context)
    {
        nint stream;
        Api.Check(Api.cuStreamCreate(&stream, NonBlocking));
        Own(stream);
    }

    /// <summary>The driver's handle.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed of.</exception>
    public nint Handle => Live;

    /// <summary>Waits until all queued work is done.</summary>
    /// <exception cref="CudaException">Something that was queued failed.</exception>
    public void Synchronize() => Api.Check(Api.cuStreamSynchronize(Live));

    /// <summary>Queues a kernel whose parameters are all scalars and pointers.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="gridX">The number of blocks along x.</param>
    /// <param name="gridY">The number of blocks along y.</param>
    /// <param name="block">The number of threads of a block, all along x.</param>
    /// <param name="arguments">As many as the kernel has parameters, of their types: the driver cannot check. At most 128.</param>
    /// <exception cref="CudaException">The driver refuses; the message names the kernel.</exception>
    [OverloadResolutionPriority(1)]
    public void Launch(CudaFunction function, uint gridX, uint gridY, uint block, params ReadOnlySpan<KernelArgument> arguments) =>
        Launch(function, gridX, gridY, block, null, arguments);

    /// <summary>Queues a kernel whose first parameter is a struct.</summary>
    /// <typeparam name="TShape">The struct, laid out as the kernel's.</typeparam>
    /// <param name="function">The kernel.</param>
    /// <param name="gridX">The number of blocks along x.</param>
    /// <param name="gridY">The number of blocks along y.</param>
    /// <param name="block">The number of threads of a block, all along x.</param>
    /// <param name="shape">The first argument. It is copied before this returns.</param>
    /// <param name="rest">The other arguments, at most 128.</param>
    /// <exception cref="CudaException">The driver refuses; the message names the kernel.</exception>
    public void Launch<TShape>(
        CudaFunction function, uint gridX, uint gridY, uint block, in TShape shape, params ReadOnlySpan<KernelArgument> rest)
        where TShape : unmanaged
    {
        fixed (TShape* first = &shape)
        {
            Launch(function, gridX, gridY, block, first, rest);
        }
    }

    /// <summary>Queues a copy to the device.</summary>
    /// <param name="destination">A device address.</param>
    /// <param name="source">Host memory; where it is not pinned, the driver copies it away before this returns.</param>
    /// <param name="bytes">How many; with 0 nothing is queued.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyToDevice(ulong destination, void* source, long bytes)
    {
        if (bytes != 0)
        {
            Api.Check(Api.cuMemcpyHtoDAsync_v2(destination, source, (nuint)bytes, Live));
        }
    }

    /// <summary>Queues a copy to the host.</summary>
    /// <param name="destination">Host memory.</param>
    /// <param name="source">A device address.</param>
    /// <param name="bytes">How many; with 0 nothing is queued.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyToHost(void* destination, ulong source, long bytes)
    {
        if (bytes != 0)
        {
            Api.Check(Api.cuMemcpyDtoHAsync_v2(destination, source, (nuint)bytes, Live));
        }
    }

    /// <summary>
    /// Begins to record instead of doing. Until <see cref="EndCapture"/> or <see cref="AbandonCapture"/>, this thread may neither wait nor
    /// allocate.
    /// </summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void BeginCapture() => Api.Check(Api.cuStreamBeginCapture_v2(Live, CaptureOfThisThread));

    /// <summary>Ends the recording. Nothing of it was done yet.</summary>
    /// <returns>The recorded graph, ready to launch. The memory and modules that it uses must outlive it.</returns>
    /// <exception cref="CudaException">The recording was broken by a call that cannot be recorded, or the driver refuses.</exception>
    public CudaGraph EndCapture()
    {
        nint graph;
        Api.Check(Api.cuStreamEndCapture(Live, &graph));
        try
        {
            return new CudaGraph(Context, graph);
        }
        finally
        {
            _ = Api.cuGraphDestroy(graph);
        }
    }

    /// <summary>Ends a recording that failed and drops it. Never throws: what failed is the exception that matters.</summary>
    public void AbandonCapture()
    {
        nint graph = 0;
        if (!IsClosed && Api.cuStreamEndCapture(handle, &graph) == 0 && graph != 0)
        {
            _ = Api.cuGraphDestroy(graph);
        }
    }

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuStreamDestroy_v2(owned) == 0;

    private void Launch(CudaFunction function, uint gridX, uint gridY, uint block, void* shape, ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, MaxArguments);
        int leading = shape is null ? 0 : 1;
        void** slots = stackalloc void*[MaxArguments + 1];
        slots[0] = shape;
        fixed (KernelArgument* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                slots[leading + i] = first + i;
            }

            int status = Api.cuLaunchKernel(function.Handle, gridX, gridY, 1, block, 1, 1, 0, Live, slots, null);
            if (status != 0)
            {
                throw Api.Failure(
                    status, nameof(Api.cuLaunchKernel), $"of kernel '{function.Name}' with grid [{gridX}, {gridY}] and block [{block}]");
            }
        }
    }
}

/// <summary>An event: a point in a stream that the host can wait for. Its context must be current.</summary>
internal sealed unsafe class CudaEvent : ContextHandle
{
    private const uint DisableTiming = 2;

    /// <summary>Creates an event that counts as reached until it is recorded.</summary>
    /// <param name="context">Its context. It becomes current.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaEvent(CudaContext context)
        : base(context)
    {
        nint made;
        Api.Check(Api.cuEventCreate(&made, DisableTiming));
        Own(made);
    }

    /// <summary>The driver's handle.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed of.</exception>
    public nint Handle => Live;

    /// <summary>Records the event after all work queued so far.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaStream stream) => Api.Check(Api.cuEventRecord(Live, stream.Handle));

    /// <summary>Waits until the event is reached.</summary>
    /// <exception cref="CudaException">Something that was queued failed.</exception>
    public void Synchronize() => Api.Check(Api.cuEventSynchronize(Live));

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuEventDestroy_v2(owned) == 0;
}

/// <summary>A recorded graph, launched as a whole. The memory and modules that it uses must outlive it.</summary>
internal sealed unsafe class CudaGraph : ContextHandle
{
    /// <summary>Instantiates a recorded graph.</summary>
    /// <param name="context">Where it was recorded. It becomes current.</param>
    /// <param name="recorded">The driver's graph, which stays the caller's.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaGraph(CudaContext context, nint recorded)
        : base(context)
    {
        nint executable;
        Api.Check(Api.cuGraphInstantiateWithFlags(&executable, recorded, 0));
        Own(executable);
    }

    /// <summary>Queues everything that was recorded. The context must be current.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream) => Api.Check(Api.cuGraphLaunch(Live, stream.Handle));

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuGraphExecDestroy(owned) == 0;
}
