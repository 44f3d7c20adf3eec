namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// Who touched a word of 4 bytes last, and when. Times are barrier intervals, counted by <see cref="GlobalMemory.NextInterval"/>; they only
/// grow, so marks of earlier launches need no clearing. Who is packed as <see cref="RaceWatch"/> says.
/// </summary>
internal struct RaceMark
{
    /// <summary>The last writer, plain or atomic.</summary>
    public uint Writer;

    /// <summary>The interval of the last write; 0 for never.</summary>
    public uint WriteTime;

    /// <summary>The last reader, or several.</summary>
    public uint Reader;

    /// <summary>The interval of the last read; 0 for never.</summary>
    public uint ReadTime;

    /// <summary>The interval of the last read by an earlier block than that of <see cref="Reader"/>; 0 for never.</summary>
    public uint EarlierReadTime;

    /// <summary>The interval of the last atomic by an earlier block than that of <see cref="Writer"/>; 0 for never.</summary>
    public uint EarlierAtomicTime;

    /// <summary>The interval of the last plain write that <see cref="Writer"/>, an atomic, came after; 0 for never.</summary>
    public uint CoveredWriteTime;
}
