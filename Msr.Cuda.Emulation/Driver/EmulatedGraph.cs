using System.Collections.Immutable;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>A graph: captured work in order.</summary>
/// <param name="context">The context it was captured in.</param>
/// <param name="nodes">The work.</param>
internal sealed class EmulatedGraph(PrimaryContext context, ImmutableArray<WorkItem> nodes) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "graph";

    /// <summary>The context it was captured in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The work in order.</summary>
    public ImmutableArray<WorkItem> Nodes { get; } = nodes;
}
