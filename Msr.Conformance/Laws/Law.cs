using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>A statement that holds for every case of some kinds on every correct backend.</summary>
public abstract class Law
{
    /// <summary>The name, in kebab case.</summary>
    public abstract string Name { get; }

    /// <summary>The statement in one sentence.</summary>
    public abstract string Statement { get; }

    /// <summary>What it rests on.</summary>
    public abstract LawStrength Strength { get; }

    /// <summary>Checks one case on one backend.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="subject">The backend.</param>
    public abstract LawOutcome Check(TestCase testCase, Subject subject);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
