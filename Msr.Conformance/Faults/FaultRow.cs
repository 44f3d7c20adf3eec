namespace Msr.Conformance.Faults;

/// <summary>What the laws made of one fault, over some seeds.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="NamedBy">The laws that failed first, in law order, with the number of seeds.</param>
/// <param name="CaughtBy">All laws that failed on the case that caught it, with the number of seeds; what named it is among them.</param>
/// <param name="Cases">How many cases it took, seed by seed, smallest first; seeds whose cases ran out are not in it.</param>
/// <param name="Survived">The number of seeds whose cases ran out: no law saw the fault.</param>
public sealed record FaultRow(
    Fault Fault,
    IReadOnlyDictionary<string, int> NamedBy,
    IReadOnlyDictionary<string, int> CaughtBy,
    IReadOnlyList<int> Cases,
    int Survived)
{
    /// <summary>The median number of cases until a law failed; the lower of the two middle ones. 0 where no seed caught it.</summary>
    public int MedianCases => Cases.Count == 0 ? 0 : Cases[(Cases.Count - 1) / 2];

    /// <summary>The largest number of cases until a law failed; 0 where no seed caught it.</summary>
    public int LargestCases => Cases.Count == 0 ? 0 : Cases[^1];
}
