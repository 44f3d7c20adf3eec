namespace Msr.Cuda.Interop;

/// <summary>A mark in a queue that others can wait for. Its context must be current.</summary>
internal sealed unsafe class CudaEvent : ContextHandle
{
    private const uint DisableTiming = 2;

    private readonly bool _timed;

    /// <summary>Makes a mark that counts as passed until it is recorded.</summary>
    /// <param name="context">Where it lives. It becomes current.</param>
    /// <param name="timed">Whether it notes the time; without, recording is cheaper.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaEvent(CudaContext context, bool timed = false)
        : base(context)
    {
        _timed = timed;
        nint made;
        Api.Check(Api.cuEventCreate(&made, timed ? 0 : DisableTiming));
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

    /// <summary>The milliseconds of device time from another mark to this one. Both were recorded and passed.</summary>
    /// <param name="start">The earlier mark.</param>
    /// <exception cref="InvalidOperationException">One of the two notes no time.</exception>
    /// <exception cref="CudaException">A mark was not passed yet, or the driver refuses.</exception>
    public double Milliseconds(CudaEvent start)
    {
        if (!_timed || !start._timed)
        {
            throw new InvalidOperationException("Time passes between two events made with timing only; make both with timed: true.");
        }

        float milliseconds;
        Api.Check(Api.cuEventElapsedTime(&milliseconds, start.Live, Live));
        return milliseconds;
    }

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuEventDestroy_v2(owned) == 0;
}
