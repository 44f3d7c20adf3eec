using System.Collections.Immutable;
using Msr.Cuda.Emulation.Calls;

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

/// <summary>An event: a point in the work of a stream.</summary>
/// <param name="context">The context it belongs to.</param>
/// <param name="hasTime">Whether it keeps the time.</param>
internal sealed class EmulatedEvent(PrimaryContext context, bool hasTime) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "event";

    /// <summary>The context it belongs to.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Whether it keeps the time.</summary>
    public bool HasTime { get; } = hasTime;

    /// <summary>When it was last reached, in ticks of <see cref="EmulatedDriver.Tick"/>; null for never.</summary>
    public long? Time { get; set; }

    /// <summary>The capture it was last recorded in; null where it was recorded outside of any.</summary>
    public StreamCapture? Capture { get; set; }

    /// <summary>What it stands for in that capture.</summary>
    public ImmutableDictionary<EmulatedStream, int> Known { get; set; } = ImmutableDictionary<EmulatedStream, int>.Empty;
}

/// <summary>A piece of work on a stream, all its arguments held by value.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Run">Does it, as often as it is called.</param>
internal sealed record WorkItem(string Name, Action Run);
