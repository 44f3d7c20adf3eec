namespace Msr.Conformance.Subjects;

/// <summary>How a case is laid out in memory.</summary>
/// <param name="Lead">Elements before every operand: its offset in its block.</param>
/// <param name="Source">An operand that a destination lies exactly over; none for memory of their own.</param>
/// <param name="Destination">The destination.</param>
public sealed record RunOptions(int Lead = 7, string? Source = null, string? Destination = null)
{
    /// <summary>An odd offset, nothing in place.</summary>
    public static RunOptions Default { get; } = new();
}
