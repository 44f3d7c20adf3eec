namespace Msr.Core.Optimizers;

/// <summary>Parameters that the optimiser treats alike.</summary>
/// <param name="RateMultiplier">What the learning rate is multiplied by.</param>
/// <param name="WeightDecay">The weight decay.</param>
public readonly record struct UpdateGroup(double RateMultiplier, double WeightDecay) : IComparable<UpdateGroup>
{
    /// <summary>Whether a group comes before another.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator <(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) < 0;

    /// <summary>Whether a group comes before another or is it.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator <=(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a group comes after another.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator >(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) > 0;

    /// <summary>Whether a group comes after another or is it.</summary>
    /// <param name="left">A group.</param>
    /// <param name="right">Another group.</param>
    public static bool operator >=(UpdateGroup left, UpdateGroup right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(UpdateGroup other) => (RateMultiplier, WeightDecay).CompareTo((other.RateMultiplier, other.WeightDecay));
}
