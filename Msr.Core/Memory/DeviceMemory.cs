namespace Msr.Core.Memory;

/// <summary>A block of memory that belongs to a backend (or, within a plan, to nobody yet), seen without its element type.</summary>
public abstract class DeviceMemory : IDisposable
{
    private protected DeviceMemory(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The type of an element.</summary>
    public abstract Type ElementType { get; }

    /// <summary>The number of bytes.</summary>
    public abstract long ByteLength { get; }

    /// <summary>Gives the memory back. Safe to call twice.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
