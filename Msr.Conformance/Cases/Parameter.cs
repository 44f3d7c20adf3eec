namespace Msr.Conformance.Cases;

/// <summary>One number of a case's geometry, such as the height of a filter: <c>r3</c>.</summary>
/// <param name="Key">Its letters in the text of a case, lower case.</param>
/// <param name="Least">Its least value: shrinking goes towards it.</param>
/// <param name="Meaning">What it is, for people.</param>
public sealed record Parameter(string Key, int Least, string Meaning)
{
    /// <summary>The value that a text need not give; none where it must.</summary>
    public int? Default { get; init; }

    /// <summary>The key of another parameter whose value is the default.</summary>
    public string? SameAs { get; init; }

    /// <summary>The key of another parameter that this one is a multiple of: shrinking keeps it one.</summary>
    public string? MultipleOf { get; init; }
}
