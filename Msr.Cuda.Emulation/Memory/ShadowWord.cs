using System.Runtime.CompilerServices;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// What is known of four bytes of memory: who wrote and read them last, and when. Times are those of an <see cref="AccessClock"/>; 0 is never.
/// </summary>
internal struct ShadowWord
{
    /// <summary>The reader was more than one thread of the same interval.</summary>
    private const int Several = -1;

    private int _writer;
    private int _written;
    private int _reader;
    private int _read;
    private int _firstRead;

    /// <summary>Whether anybody ever wrote it.</summary>
    public readonly bool IsWritten => _written != 0;

    /// <summary>Notes a write from outside of any kernel.</summary>
    public void WriteFromOutside() => (_writer, _written) = (0, AccessClock.Outside);

    /// <summary>Notes a write, and says whether it races with another thread's access.</summary>
    /// <param name="thread">The thread, above 0, unique within the launch.</param>
    /// <param name="moment">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool WriteRaces(int thread, in Moment moment)
    {
        bool races = (_writer != thread && moment.IsUnordered(_written)) || (_reader != thread && moment.IsUnordered(_read))
            || (_firstRead >= moment.Launch && _firstRead < moment.Block);
        (_writer, _written) = (thread, moment.Now);
        return races;
    }

    /// <summary>Notes a read, and says whether it races with another thread's write.</summary>
    /// <param name="thread">The thread, above 0, unique within the launch.</param>
    /// <param name="moment">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadRaces(int thread, in Moment moment)
    {
        bool races = _writer != thread && moment.IsUnordered(_written);
        _firstRead = _firstRead >= moment.Launch ? _firstRead : moment.Now;
        _reader = _read == moment.Now && _reader != thread ? Several : thread;
        _read = moment.Now;
        return races;
    }
}
