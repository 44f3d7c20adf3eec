namespace Msr.Conformance.Laws;

/// <summary>One element of a result beside what it should be.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Index">The element.</param>
/// <param name="Expected">The truth; where the bound is 0, rounded to the element type.</param>
/// <param name="Got">The result.</param>
/// <param name="Bound">How far they may be apart.</param>
public sealed record Finding(string Operand, long Index, double Expected, double Got, double Bound)
{
    /// <summary>|got − expected| / bound; infinite for any error where the bound is 0 or the result is no number.</summary>
    public double Ratio => Bound > 0 && !double.IsNaN(Got) ? Math.Abs(Got - Expected) / Bound : double.PositiveInfinity;

    /// <inheritdoc/>
    public override string ToString() => $"'{Operand}'[{Index}] is {Got:R}, should be {Expected:R} within {Bound:G4}: error/bound {Ratio:G4}";
}
