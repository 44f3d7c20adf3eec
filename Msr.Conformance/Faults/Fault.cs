using System.Collections.Immutable;
using System.Numerics;

namespace Msr.Conformance.Faults;

/// <summary>
/// A known defect that a kernel could have: which ops it spoils, and how. It has no state of its own; what it must remember from run to run
/// lives in the <see cref="FaultyBackend{T}"/>, so one fault may be planted in many backends.
/// </summary>
public abstract class Fault
{
    /// <summary>Describes a fault.</summary>
    /// <param name="name">The name, in kebab case.</param>
    /// <param name="defect">What is wrong, in one sentence without its full stop.</param>
    /// <param name="kinds">The kinds of op it spoils; a last <c>*</c> stands for any ending.</param>
    protected Fault(string name, string defect, params ReadOnlySpan<string> kinds) => (Name, Defect, Kinds) = (name, defect, [.. kinds]);

    /// <summary>The name, in kebab case.</summary>
    public string Name { get; }

    /// <summary>What is wrong, in one sentence without its full stop.</summary>
    public string Defect { get; }

    /// <summary>The kinds of op it spoils; a last <c>*</c> stands for any ending.</summary>
    public ImmutableArray<string> Kinds { get; }

    /// <summary>Whether the defect shows on several threads only.</summary>
    public virtual bool NeedsThreads => false;

    /// <summary>Whether every op is right by itself and only several in a row go wrong, so that laws of steps alone can tell.</summary>
    public virtual bool NeedsSteps => false;

    /// <summary>Whether the fault spoils a kind of op.</summary>
    /// <param name="kind">The kind.</param>
    public bool Affects(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Kinds.Any(pattern => pattern.EndsWith('*') ? kind.StartsWith(pattern[..^1], StringComparison.Ordinal) : kind == pattern);
    }

    /// <summary>Runs an op of an affected kind as the defective kernel would.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="run">The op, the sound backend below, and what is remembered.</param>
    public abstract void Run<T>(FaultyRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
