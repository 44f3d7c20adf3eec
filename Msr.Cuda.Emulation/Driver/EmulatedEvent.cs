using System.Collections.Immutable;

namespace Msr.Cuda.Emulation.Driver;

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
