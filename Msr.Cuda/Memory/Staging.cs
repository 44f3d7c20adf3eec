using Msr.Cuda.Interop;

namespace Msr.Cuda.Memory;

/// <summary>
/// Pinned host memory for copies to and from the device. Uploads are copied into a ring of segments and return at once; a segment is reused when
/// the device has read it. One thread at a time.
/// </summary>
internal sealed unsafe class Staging : IDisposable
{
    private const int Segments = 8;
    private const int SegmentBytes = 2 << 20;
    private const int Alignment = 64;

    private readonly CudaStream _stream;
    private readonly PinnedAllocation _memory;
    private readonly CudaEvent?[] _read = new CudaEvent?[Segments];
    private int _segment;
    private int _used;

    /// <summary>Allocates the ring.</summary>
    /// <param name="context">The context.</param>
    /// <param name="stream">The stream that copies.</param>
    /// <exception cref="CudaException">The host lacks the memory to pin.</exception>
    public Staging(CudaContext context, CudaStream stream)
    {
        _stream = stream;
        _memory = new PinnedAllocation(context, (long)Segments * SegmentBytes);
        try
        {
            for (int i = 0; i < Segments; i++)
            {
                _read[i] = new CudaEvent(context);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Copies to the device. The source may change as soon as this returns.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">Their device address.</param>
    public void Upload(ReadOnlySpan<byte> source, ulong destination)
    {
        while (!source.IsEmpty)
        {
            int bytes = Math.Min(source.Length, SegmentBytes);
            byte* room = Reserve(bytes);
            source[..bytes].CopyTo(new Span<byte>(room, bytes));
            _stream.CopyToDevice(destination, room, bytes);
            source = source[bytes..];
            destination += (ulong)bytes;
        }
    }

    /// <summary>Copies from the device after all work queued before. Waits.</summary>
    /// <param name="source">The device address.</param>
    /// <param name="destination">Room for the bytes.</param>
    public void Download(ulong source, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int bytes = Math.Min(destination.Length, SegmentBytes);
            byte* room = Reserve(bytes);
            _stream.CopyToHost(room, source, bytes);
            _stream.Synchronize();
            new Span<byte>(room, bytes).CopyTo(destination);
            destination = destination[bytes..];
            source += (ulong)bytes;
        }
    }

    /// <summary>Frees the memory. The stream must be idle.</summary>
    public void Dispose()
    {
        foreach (CudaEvent? read in _read)
        {
            read?.Dispose();
        }

        _memory.Dispose();
    }

    private byte* Reserve(int bytes)
    {
        if (_used + bytes > SegmentBytes)
        {
            _read[_segment]!.Record(_stream);
            _segment = (_segment + 1) % Segments;
            _read[_segment]!.Synchronize();
            _used = 0;
        }

        byte* room = (byte*)_memory.Pointer + ((long)_segment * SegmentBytes) + _used;
        _used += (bytes + Alignment - 1) / Alignment * Alignment;
        return room;
    }
}
