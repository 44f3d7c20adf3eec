namespace Msr.Cpu.Products;

/// <summary>Source elements that follow one another in memory: the channels of one tap, or of neighbouring taps where they touch.</summary>
/// <param name="Source">The first element, counted from the pixel's own place.</param>
/// <param name="Length">How many.</param>
internal readonly record struct TapRun(nint Source, int Length)
{
    /// <summary>
    /// The longest run. Longer ones are split, so that the filters of a few runs stay in the first-level cache while all pixels pass. A multiple
    /// of every register tile of <see cref="FilterTile{S, V, T}"/>.
    /// </summary>
    public const int MaxLength = 240;
}
