namespace Msr.Core.Ops;

/// <summary>The constants of <see cref="AdamDirection{T}"/>, which checks them.</summary>
/// <param name="Beta1">What the mean of gradients keeps from step to step, from 0 to below 1.</param>
/// <param name="Beta2">What the mean of their squares keeps from step to step, from 0 to below 1.</param>
/// <param name="Epsilon">What is added to the root mean square, above 0.</param>
public sealed record AdamSettings(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8)
{
    /// <summary>
    /// What makes up for moments that began at 0, in float64: 1/(1 − β1^t) and 1/(1 − β2^t) for t = step + 1, the two numbers that
    /// <see cref="AdamDirection{T}.Correction"/> holds.
    /// </summary>
    /// <param name="step">The index of the step, from 0.</param>
    public (double First, double Second) CorrectionAt(long step) =>
        (1 / (1 - Math.Pow(Beta1, step + 1.0)), 1 / (1 - Math.Pow(Beta2, step + 1.0)));
}
