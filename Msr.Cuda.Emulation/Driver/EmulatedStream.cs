namespace Msr.Cuda.Emulation.Driver;

/// <summary>A stream: one queue of work, done in order. While it is captured, work is recorded instead.</summary>
/// <param name="context">The context it belongs to.</param>
/// <param name="isBlocking">Whether it and the default stream wait for each other.</param>
/// <param name="isDefault">Whether it is that default stream.</param>
internal sealed class EmulatedStream(PrimaryContext context, bool isBlocking, bool isDefault = false) : IEmulatedResource
{
    private readonly Queue<WorkItem> _queue = new();

    /// <inheritdoc/>
    public static string Kind => "stream";

    /// <summary>The context it belongs to.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Whether it and the default stream wait for each other.</summary>
    public bool IsBlocking { get; } = isBlocking;

    /// <summary>Whether it is the context's default stream.</summary>
    public bool IsDefault { get; } = isDefault;

    /// <summary>The capture that records it; null for none.</summary>
    public StreamCapture? Capture { get; set; }

    /// <summary>Takes work: records it under capture, else does it at once.</summary>
    /// <param name="item">The work.</param>
    public void Enqueue(WorkItem item)
    {
        if (Capture is { } capture)
        {
            capture.Add(this, item);
            return;
        }

        _queue.Enqueue(item);
        Drain();
    }

    /// <summary>Does all work that waits, in order. After a failure the rest is dropped: the device answers nothing any more.</summary>
    public void Drain()
    {
        try
        {
            while (_queue.TryDequeue(out WorkItem? item))
            {
                item.Run();
            }
        }
        finally
        {
            _queue.Clear();
        }
    }
}
