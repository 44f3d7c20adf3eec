using Msr.Core.Backends;

namespace PropertyTests.Ops;

/// <summary>A backend under test, seen without its element type.</summary>
internal abstract class Subject
{
    /// <summary>What the backend says of itself.</summary>
    public abstract BackendInfo Info { get; }

    /// <summary>Whether the backend supports the op of a case.</summary>
    public abstract bool Supports(OpCase opCase);

    /// <summary>
    /// Runs a case: every operand at an odd offset between guards, destinations poisoned. Fails if a guard or an input changed or poison is
    /// left; otherwise returns what every operand holds. A destination that is written in place is found under the name of its source.
    /// </summary>
    public abstract CaseData Run(OpCase opCase, CaseData inputs, (string Source, string Destination)? inPlace = null);

    /// <summary>A number rounded to the element type.</summary>
    public abstract double Round(double value);

    /// <inheritdoc/>
    public override string ToString() => Info.Name;
}
