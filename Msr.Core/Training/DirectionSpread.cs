using Msr.Core.Ops;

namespace Msr.Core.Training;

/// <summary>
/// How far Adam's direction moves when gradients do. It is nearly a sign where a second moment is young, so a gradient of the size of
/// rounding may turn a whole element of it; who compares two runs has to allow for that. See docs/adr/0010.
/// </summary>
public static class DirectionSpread
{
    /// <summary>
    /// ‖spread‖ of a tensor, spread = max |d(g ± shift) − d(g)| element by element; 0 where g = 0, as it is exactly where nothing reaches a
    /// parameter.
    /// </summary>
    /// <param name="settings">The constants.</param>
    /// <param name="step">The index of the step, from 0.</param>
    /// <param name="oldFirst">The first moment before the step.</param>
    /// <param name="oldSecond">The second moment before the step.</param>
    /// <param name="newFirst">The first moment after it, from which the gradient follows.</param>
    /// <param name="shift">What every gradient may be off by.</param>
    /// <exception cref="ArgumentException">The moments have different lengths.</exception>
    public static double Norm(
        AdamSettings settings, long step, ReadOnlySpan<double> oldFirst, ReadOnlySpan<double> oldSecond, ReadOnlySpan<double> newFirst, double shift)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (oldFirst.Length != newFirst.Length || oldSecond.Length != newFirst.Length)
        {
            throw new ArgumentException($"Moments are of one length; got {oldFirst.Length}, {oldSecond.Length} and {newFirst.Length}.", nameof(newFirst));
        }

        (double first, double second) = settings.CorrectionAt(step);
        double sum = 0;
        for (int i = 0; i < newFirst.Length; i++)
        {
            (double m, double v) = (settings.Beta1 * oldFirst[i], settings.Beta2 * oldSecond[i]);
            double g = (newFirst[i] - m) / (1 - settings.Beta1);
            double Direction(double x) =>
                (m + ((1 - settings.Beta1) * x)) * first / (Math.Sqrt((v + ((1 - settings.Beta2) * x * x)) * second) + settings.Epsilon);

            double spread = Math.Max(Math.Abs(Direction(g + shift) - Direction(g)), Math.Abs(Direction(g - shift) - Direction(g)));
            sum += g == 0 ? 0 : spread * spread;
        }

        return Math.Sqrt(sum);
    }
}
