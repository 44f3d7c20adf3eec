namespace Msr.Cpu.Channels;

/// <summary>What one row adds to one or two sums per channel.</summary>
internal interface IChannelTerm<V>
{
    /// <summary>Whether there is a second sum.</summary>
    static abstract bool HasSecond { get; }

    V First(V a, V b, nint column);

    V Second(V a, V b, nint column);
}
