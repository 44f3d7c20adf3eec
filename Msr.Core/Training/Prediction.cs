using System.Collections.Immutable;

namespace Msr.Core.Training;

/// <summary>What a classifier says of an image.</summary>
/// <param name="Class">The most probable class, from 0.</param>
/// <param name="ClassName">Its name; the number where classes have no names.</param>
/// <param name="Probabilities">The probability of every class; they add up to 1.</param>
public sealed record Prediction(int Class, string ClassName, ImmutableArray<double> Probabilities)
{
    /// <summary>The probability of the most probable class.</summary>
    public double Probability => Probabilities[Class];
}
