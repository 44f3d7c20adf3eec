namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// Finds data races by <see cref="RaceMark">marks</see>. Two accesses of one word, one of them a write, race when they come from two blocks of
/// one launch, or from two threads of one block in one barrier interval; a warp barrier orders the accesses of its warp. Two atomics never race.
/// The grain is the word of 4 bytes: threads that store neighbouring bytes of one word count as racing.
/// </summary>
internal struct RaceDetector
{
    // An accessor: bits 0-9 the thread in its block, bit 10 several threads of that warp, bit 11 several warps, bit 12 atomic, 13-31 the warp's interval.
    private const uint ThreadMask = 0x3ff;
    private const uint WarpMask = 0x3e0;
    private const uint SeveralLanes = 0x400;
    private const uint SeveralWarps = 0x800;
    private const uint Atomic = 0x1000;
    private const int PhaseShift = 13;

    /// <summary>The largest number of warp barriers within one barrier interval.</summary>
    public const uint MaxPhase = uint.MaxValue >> PhaseShift;

    /// <summary>The first interval of the launch.</summary>
    public uint LaunchStart;

    /// <summary>The first interval of the running block.</summary>
    public uint BlockStart;

    /// <summary>The running interval.</summary>
    public uint Now;

    /// <summary>A thread as marks hold it.</summary>
    /// <param name="thread">The thread in its block, below 1024.</param>
    /// <param name="phase">How many warp barriers its warp has passed in this interval.</param>
    public static uint Pack(int thread, uint phase) => (uint)thread | (phase << PhaseShift);

    /// <summary>The thread of a mark.</summary>
    /// <param name="accessor">A packed accessor.</param>
    public static int Thread(uint accessor) => (int)(accessor & ThreadMask);

    /// <summary>Notes a read.</summary>
    /// <param name="mark">The marks of the word.</param>
    /// <param name="me">The reading thread.</param>
    /// <returns>Whether it races with a write.</returns>
    public readonly bool Read(ref RaceMark mark, uint me)
    {
        if (mark.WriteTime >= LaunchStart && WriteRaces(mark, me, atomic: false))
        {
            return true;
        }

        if (mark.ReadTime < LaunchStart)
        {
            (mark.Reader, mark.ReadTime) = (me, Now);
        }
        else if (mark.ReadTime != Now || mark.Reader != me)
        {
            NoteReader(ref mark, me);
        }

        return false;
    }

    /// <summary>Notes a plain write.</summary>
    /// <param name="mark">The marks of the word.</param>
    /// <param name="me">The writing thread.</param>
    /// <returns>Whether it races with a read or a write.</returns>
    public readonly bool Write(ref RaceMark mark, uint me)
    {
        if ((mark.WriteTime >= LaunchStart && WriteRaces(mark, me, atomic: false)) || (mark.ReadTime >= LaunchStart && ReadRaces(mark, me)))
        {
            return true;
        }

        (mark.Writer, mark.WriteTime) = (me, Now);
        return false;
    }

    /// <summary>Notes an atomic update.</summary>
    /// <param name="mark">The marks of the word.</param>
    /// <param name="me">The updating thread.</param>
    /// <returns>Whether it races with a plain read or write.</returns>
    public readonly bool Update(ref RaceMark mark, uint me)
    {
        if ((mark.WriteTime >= LaunchStart && WriteRaces(mark, me, atomic: true)) || (mark.ReadTime >= LaunchStart && ReadRaces(mark, me)))
        {
            return true;
        }

        uint accessor = me | Atomic;
        if (mark.WriteTime == Now)
        {
            // A plain write of this thread in this interval goes on to bar the others.
            accessor = (mark.Writer & Atomic) == 0 ? me : Merge(mark.Writer, me) | Atomic;
        }
        else if (mark.WriteTime >= LaunchStart && mark.WriteTime < BlockStart)
        {
            mark.EarlierAtomicTime = mark.WriteTime;
        }
        else if (mark.WriteTime >= BlockStart && (mark.Writer & Atomic) == 0)
        {
            // A barrier orders that write for its own block, but not for other blocks.
            mark.CoveredWriteTime = mark.WriteTime;
        }

        (mark.Writer, mark.WriteTime) = (accessor, Now);
        return false;
    }

    private static uint Merge(uint old, uint me)
    {
        if (((old ^ me) & WarpMask) != 0 || (old & SeveralWarps) != 0)
        {
            return me | SeveralWarps;
        }

        // Readers of an earlier phase of this warp are ordered before later accesses by its warp barrier.
        bool together = old >> PhaseShift == me >> PhaseShift && ((old & SeveralLanes) != 0 || ((old ^ me) & ThreadMask) != 0);
        return together ? me | SeveralLanes : me;
    }

    private static bool Parted(uint old, uint me)
    {
        if ((old & SeveralWarps) != 0 || ((old ^ me) & WarpMask) != 0)
        {
            return false;
        }

        return old >> PhaseShift != me >> PhaseShift || ((old & SeveralLanes) == 0 && ((old ^ me) & ThreadMask) == 0);
    }

    private readonly bool WriteRaces(in RaceMark mark, uint me, bool atomic)
    {
        if (!atomic && mark.EarlierAtomicTime >= LaunchStart)
        {
            return true;
        }

        if (atomic && mark.CoveredWriteTime >= LaunchStart && mark.CoveredWriteTime < BlockStart)
        {
            return true;
        }

        bool both = atomic && (mark.Writer & Atomic) != 0;
        return !both && (mark.WriteTime < BlockStart || (mark.WriteTime == Now && !Parted(mark.Writer, me)));
    }

    private readonly bool ReadRaces(in RaceMark mark, uint me) =>
        mark.EarlierReadTime >= LaunchStart || mark.ReadTime < BlockStart || (mark.ReadTime == Now && !Parted(mark.Reader, me));

    private readonly void NoteReader(ref RaceMark mark, uint me)
    {
        uint accessor = me;
        if (mark.ReadTime == Now)
        {
            accessor = Merge(mark.Reader, me);
        }
        else if (mark.ReadTime < BlockStart)
        {
            mark.EarlierReadTime = mark.ReadTime;
        }

        (mark.Reader, mark.ReadTime) = (accessor, Now);
    }
}

/// <summary>
/// The last accessors of a word of 4 bytes, and when they came. Times are barrier intervals, counted by <see cref="GlobalMemory.NextInterval"/>; they only
/// grow, so marks of earlier launches need no clearing. Accessors are packed as <see cref="RaceDetector"/> says.
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
