using System.Collections.Immutable;
using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops;

/// <summary>An op on logits [n, k] and labels [n].</summary>
internal abstract class LabelledEntry : OpEntry
{
    /// <summary>The key of the smoothing.</summary>
    protected const string SmoothingKey = "s";

    /// <summary>Logits beyond 2¹⁷ or so leave the range of the bound on e^a, u·|a| ≤ 0.01.</summary>
    public sealed override ImmutableArray<ValueClass> ValueClasses { get; } =
        [ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Zeros, ValueClass.Ties, ValueClass.Denormals, ValueClass.Integers];

    /// <summary>The parameters n and k.</summary>
    protected static ImmutableArray<Parameter> LabelledSchema { get; } = [new("n", 1, "samples"), new("k", 1, "classes")];

    /// <summary>Label smoothing in thousandths.</summary>
    protected static Parameter Smoothing { get; } = new(SmoothingKey, 0, "label smoothing in thousandths") { Default = 0 };

    /// <summary>The smoothing of a set of parameters.</summary>
    protected static double SmoothingOf(ParameterSet p) => p[SmoothingKey] / 1000.0;

    /// <summary>Draws n and k.</summary>
    protected static (string, int)[] DrawExtents(Draws draws) => [("n", draws.Between(1, 20)), ("k", draws.Small(1, 40))];

    /// <summary>The descriptor of given extents.</summary>
    protected CaseDescriptor Describe(int n, int k, int smoothing) =>
        new(Kind, Set(("n", n), ("k", k), (SmoothingKey, smoothing)), ValueClass.Normal, 0);
}
