using System.Collections.Immutable;
using Msr.Core.Numerics;

namespace Msr.Conformance.Cases;

/// <summary>A case: what a descriptor stands for.</summary>
public abstract class TestCase
{
    /// <summary>Makes a case.</summary>
    /// <param name="entry">What the kit knows of its kind.</param>
    /// <param name="descriptor">The case in one line.</param>
    protected TestCase(CaseEntry entry, CaseDescriptor descriptor) => (Entry, Descriptor) = (entry, descriptor);

    /// <summary>The entry of its kind.</summary>
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

/// <summary>The entry of a kind of op or plan: its parameters, how to generate cases, and the laws it obeys.</summary>
public abstract class CaseEntry
{
    /// <summary>The name of the kind, such as <c>conv.forward</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The parameters of a case, in the order of its text.</summary>
    public abstract ImmutableArray<Parameter> Schema { get; }

    /// <summary>The laws that hold for the kind.</summary>
    public abstract IReadOnlyList<Law> Laws { get; }

    /// <summary>Ops that must be refused when they are built.</summary>
    public virtual IReadOnlyList<ErrorInput> ErrorInputs => [];

    /// <summary>The value classes that suit the kind; a generated case has one of them. Repeat one to make it likelier.</summary>
    public virtual ImmutableArray<ValueClass> ValueClasses { get; } =
    [
        ValueClass.Normal, ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Wide, ValueClass.Zeros, ValueClass.Ties,
        ValueClass.Denormals,
    ];

    /// <summary>The case of a seed. Geometry is built to be valid, never drawn and thrown away.</summary>
    /// <param name="seed">The seed.</param>
    public TestCase Generate(ulong seed)
    {
        RandomStream stream = new RandomStream(seed).Split(Kind);
        Draws geometry = new(stream.Split("geometry"));
        ValueClass values = new Draws(stream.Split("class")).OneOf(ValueClasses.AsSpan());
        return Create(new CaseDescriptor(Kind, DrawParameters(geometry), values, new Draws(stream.Split("contents")).Bits() >> 32));
    }

    /// <summary>The case of a descriptor.</summary>
    /// <param name="descriptor">A descriptor of this kind.</param>
    /// <exception cref="ArgumentException">The parameters make no valid geometry; the message says why.</exception>
    public abstract TestCase Create(CaseDescriptor descriptor);

    /// <summary>Draws a valid geometry.</summary>
    /// <param name="draws">Where from.</param>
    protected abstract ParameterSet DrawParameters(Draws draws);

    /// <summary>A set of this kind's parameters.</summary>
    /// <param name="given">Values by key; the others have their defaults.</param>
    protected ParameterSet Set(params IReadOnlyList<(string Key, int Value)> given) => ParameterSet.Of(Schema, given);
}

/// <summary>Arguments of an op that its constructor must refuse.</summary>
/// <param name="What">What is wrong with them.</param>
/// <param name="Expected">The type of the exception that says so.</param>
/// <param name="Build">Builds the op; throws, if all is well.</param>
public sealed record ErrorInput(string What, Type Expected, Action Build);
