namespace Msr.Core.Backends;

/// <summary>What a step or an evaluation found.</summary>
/// <param name="LossSum">The sum of the samples' losses, added on the host in float64, in sample order.</param>
/// <param name="Correct">The number of samples whose largest logit is their label's.</param>
/// <param name="Samples">The number of samples.</param>
public readonly record struct StepReport(double LossSum, int Correct, int Samples)
{
    /// <summary>The mean loss.</summary>
    public double Loss => LossSum / Samples;

    /// <summary>The share of correct samples, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Samples;

    /// <summary>Both reports together.</summary>
    /// <param name="left">A report.</param>
    /// <param name="right">Another report.</param>
    public static StepReport operator +(StepReport left, StepReport right) => Add(left, right);

    /// <summary>Both reports together.</summary>
    /// <param name="left">A report.</param>
    /// <param name="right">Another report.</param>
    public static StepReport Add(StepReport left, StepReport right) =>
        new(left.LossSum + right.LossSum, left.Correct + right.Correct, left.Samples + right.Samples);
}
