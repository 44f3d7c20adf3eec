using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Laws;

namespace Msr.Conformance.Ops;

/// <summary>The entry of an op in the op table.</summary>
public abstract class OpEntry : CaseEntry
{
    /// <summary>The parameter by which a case adds to its destinations instead of writing them.</summary>
    public const string Accumulate = OpCase.AccumulateKey;

    /// <summary>Laws of this op beside those of every op.</summary>
    public virtual IReadOnlyList<Law> OwnLaws => [];

    /// <summary>Known defects of kernels of this op and its family, which the laws must see.</summary>
    public virtual IReadOnlyList<Fault> Faults => [];

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Law> Laws => [.. CommonLaws.All, .. OwnLaws];

    /// <summary>The parameter <see cref="Accumulate"/> for a schema.</summary>
    protected static Parameter AccumulateParameter { get; } = Parameter.Flag(Accumulate, "whether results are added to what is there");
}
