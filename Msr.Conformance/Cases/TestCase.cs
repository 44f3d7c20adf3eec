namespace Msr.Conformance.Cases;

/// <summary>A case: what a descriptor stands for.</summary>
public abstract class TestCase
{
    /// <summary>Makes a case.</summary>
    /// <param name="entry">What the kit knows of its kind.</param>
    /// <param name="descriptor">The case in one line.</param>
    protected TestCase(CaseEntry entry, CaseDescriptor descriptor) => (Entry, Descriptor) = (entry, descriptor);

    /// <summary>What the kit knows of its kind.</summary>
    public CaseEntry Entry { get; }

    /// <summary>The case in one line.</summary>
    public CaseDescriptor Descriptor { get; }

    /// <summary>Its geometry.</summary>
    public ParameterSet Parameters => Descriptor.Parameters;

    /// <summary>Cases of less geometry and the same seed, to try in turn when this one fails.</summary>
    public IEnumerable<TestCase> Smaller()
    {
        foreach (ParameterSet smaller in Parameters.Smaller())
        {
            if (TryCreate(Descriptor with { Parameters = smaller }) is { } valid)
            {
                yield return valid;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Descriptor.ToString();

    private TestCase? TryCreate(CaseDescriptor descriptor)
    {
        try
        {
            return Entry.Create(descriptor);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
