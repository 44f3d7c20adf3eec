namespace Msr.Cuda.Interop;

/// <summary>A mark in a queue that others can wait for. Its context must be current.</summary>
internal sealed unsafe class CudaEvent : ContextHandle
{
    private const uint DisableTiming = 2;

    /// <summary>Makes a mark that counts as passed until it is recorded.</summary>
    /// <param name="context">Where it lives. It becomes current.</param>
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

    /// <summary>Sets the mark after everything queued so far.</summary>
    /// <param name="stream">The queue.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaStream stream) => Api.Check(Api.cuEventRecord(Live, stream.Handle));

    /// <summary>Waits until the mark is passed.</summary>
    /// <exception cref="CudaException">Something that was queued failed.</exception>
    public void Synchronize() => Api.Check(Api.cuEventSynchronize(Live));

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuEventDestroy_v2(owned) == 0;
}
