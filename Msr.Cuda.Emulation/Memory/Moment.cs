using System.Runtime.CompilerServices;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>A moment of an <see cref="AccessClock"/>.</summary>
/// <param name="Now">The current interval.</param>
/// <param name="Launch">The first interval of the current launch.</param>
/// <param name="Block">The first interval of the current block.</param>
internal readonly record struct Moment(int Now, int Launch, int Block)
{
    /// <summary>Whether an access and the current moment are in no order, if their threads are different.</summary>
    /// <param name="time">When the access was.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUnordered(int time) => time >= Launch && (time < Block || time == Now);
}
