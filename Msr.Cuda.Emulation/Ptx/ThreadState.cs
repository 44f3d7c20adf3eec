namespace Msr.Cuda.Emulation.Ptx;

/// <summary>What a thread does between two turns.</summary>
internal enum ThreadState : byte
{
    /// <summary>It can run.</summary>
    Ready,

    /// <summary>It waits for its block.</summary>
    AtBarrier,

    /// <summary>It waits for lanes of its warp.</summary>
    AtWarp,

    /// <summary>It has ended.</summary>
    Exited,
}
