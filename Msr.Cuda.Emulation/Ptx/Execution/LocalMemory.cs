using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>The local memory of the threads of a block: arrays that belong to one thread, so races are impossible.</summary>
internal sealed class LocalMemory
{
    private byte[] _bytes = [];
    private byte[] _written = [];
    private BlockRun _run = null!;

    private int BytesPerThread => _run.Kernel.LocalBytes;

    /// <summary>Prepares a launch.</summary>
    /// <param name="run">The run that this memory belongs to.</param>
    public void Begin(BlockRun run)
    {
        _run = run;
        if (_bytes.Length < run.Threads * BytesPerThread)
        {
            _bytes = new byte[run.Threads * BytesPerThread];
            _written = new byte[run.Threads * BytesPerThread];
        }
    }

    /// <summary>Makes the memory fresh for a block.</summary>
    public void StartBlock() => _written.AsSpan(0, _run.Threads * BytesPerThread).Clear();

    /// <summary>Reads an element of the running thread.</summary>
    /// <param name="address">Its aligned address.</param>
    /// <param name="size">Its size in bytes.</param>
    public ulong Load(ulong address, int size)
    {
        int offset = Offset(address, size);
        if (_written.AsSpan(offset, size).Contains((byte)0))
        {
            throw _run.Fault($"local address 0x{address:x} is read but was never written; initialize it first");
        }

        return ElementBits.Get(_bytes.AsSpan(offset), size);
    }

    /// <summary>Writes an element of the running thread.</summary>
    /// <param name="address">Its aligned address.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="value">Its bits.</param>
    public void Store(ulong address, int size, ulong value)
    {
        int offset = Offset(address, size);
        _written.AsSpan(offset, size).Fill(1);
        ElementBits.Put(_bytes.AsSpan(offset), size, value);
    }

    private int Offset(ulong address, int size)
    {
        if (address >= (ulong)BytesPerThread || address + (ulong)size > (ulong)BytesPerThread)
        {
            throw _run.Fault($"local address 0x{address:x} is outside every variable; a thread has {BytesPerThread} bytes of local memory");
        }

        return (_run.Thread * BytesPerThread) + (int)address;
    }
}
