namespace Msr.Cuda.Interop;

/// <summary>What a queue recorded, launched as a whole. Memory and modules that it names must outlive it.</summary>
internal sealed unsafe class CudaGraph : ContextHandle
{
    /// <summary>Makes a recording executable.</summary>
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
    /// <param name="stream">The queue.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream) => Api.Check(Api.cuGraphLaunch(Live, stream.Handle));

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuGraphExecDestroy(owned) == 0;
}
