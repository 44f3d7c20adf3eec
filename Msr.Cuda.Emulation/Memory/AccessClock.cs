namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// Time as races need it: it advances at every barrier of a block and between blocks, which run one after the other here. Two accesses are in
/// order only if a barrier of one block stands between them, or if they belong to different launches.
/// </summary>
internal sealed class AccessClock
{
    /// <summary>The time of everything that happens outside of kernels.</summary>
    public const int Outside = 1;

    /// <summary>The current interval.</summary>
    public int Now { get; private set; } = Outside;

    /// <summary>The first interval of the current launch.</summary>
    public int Launch { get; private set; }

    /// <summary>The first interval of the current block.</summary>
    public int Block { get; private set; }

    /// <summary>A launch begins.</summary>
    public void BeginLaunch()
    {
        // Two billion barriers are hours of emulation; races would be missed after them, so that is said.
        Now = checked(Now + 1);
        Launch = Block = Now;
    }

    /// <summary>A block begins.</summary>
    public void BeginBlock() => Block = Now = checked(Now + 1);

    /// <summary>All threads of the block have met at a barrier.</summary>
    public void PassBarrier() => Now = checked(Now + 1);

    /// <summary>The moment, as accesses are noted with.</summary>
    public Moment Current => new(Now, Launch, Block);
}
