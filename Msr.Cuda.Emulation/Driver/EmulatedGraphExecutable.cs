using System.Collections.Immutable;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>A graph made executable. It outlives the graph it came from.</summary>
/// <param name="context">The context it runs in.</param>
/// <param name="nodes">The work.</param>
internal sealed class EmulatedGraphExecutable(PrimaryContext context, ImmutableArray<WorkItem> nodes) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "executable graph";

    /// <summary>The context it runs in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The work in order.</summary>
    public ImmutableArray<WorkItem> Nodes { get; } = nodes;
}
