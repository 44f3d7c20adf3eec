using System.Collections.Immutable;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// Adam with decoupled weight decay: <see cref="AdamDirection{T}"/> makes a direction of the clipped gradient, which is projected onto the isocline in
/// its turn (scaled element by element, a projected gradient leaves it) and followed by a <see cref="SgdStep{T}"/> without momentum; see
/// docs/adr/0010.
/// </summary>
/// <param name="Beta1">The decay of the mean of gradients from step to step, from 0 to below 1.</param>
/// <param name="Beta2">The decay of the mean of their squares from step to step, from 0 to below 1.</param>
/// <param name="Epsilon">The number added to the root mean square, above 0.</param>
/// <param name="WeightDecay">Decoupled weight decay, from 0.</param>
/// <param name="DecaysEverything">Whether biases, scales and normalisations decay too, not only kernels and linear weights.</param>
public sealed record AdamW(
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0,
    bool DecaysEverything = false) : Optimizer
{
    private const string FirstCorrection = "first correction";

    private static readonly PlanScalar s_gain = new("gain", static _ => 1);

    /// <summary>The mean of gradients. In checkpoints it has the names of the parameters.</summary>
    public static ParameterPart FirstMoment { get; } = ParameterPart.State("first moment");

    /// <summary>The mean of squared gradients.</summary>
    public static ParameterPart SecondMoment { get; } = ParameterPart.State("second moment", "second-moment/", isNotNegative: true);

    /// <inheritdoc/>
    public override ImmutableArray<ParameterPart> State => [FirstMoment, SecondMoment];

    /// <inheritdoc/>
    internal override ImmutableArray<PlanScalar> Scalars
    {
        get
        {
            AdamSettings settings = Settings;
            return
            [
                Rate,
                s_gain,
                new(FirstCorrection, step => settings.CorrectionAt(step.Step).First),
                new("second correction", step => settings.CorrectionAt(step.Step).Second),
            ];
        }
    }

    private AdamSettings Settings => new(Beta1, Beta2, Epsilon);

    /// <inheritdoc/>
    public override SgdSettings SettingsOf(UpdateGroup group) => new(0, false, group.WeightDecay, group.RateMultiplier);

    /// <inheritdoc/>
    /// <remarks>The first moment takes gradients in linearly: what it may be off by says what each gradient may.</remarks>
    public override double Spread(
        long step, Func<ParameterPart, double[]> before, Func<ParameterPart, double[]> after, Func<ParameterPart, double> allowed)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(allowed);
        double[] first = after(FirstMoment);
        double norm = Math.Sqrt(first.Sum(static value => value * value));
        double shift = allowed(FirstMoment) * norm / Math.Sqrt(first.Length) / (1 - Beta1);
        return DirectionSpread.Norm(Settings, step, before(FirstMoment), before(SecondMoment), first, shift);
    }

    /// <inheritdoc/>
    internal override IEnumerable<Op<T>> Direct<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports)
    {
        TensorRef<T> gradients = blocks.Block(ParameterPart.Gradient);
        yield return new AdamDirection<T>(
            gradients, blocks.Block(FirstMoment), blocks.Block(SecondMoment), ports.Scalar(FirstCorrection, count: 2), gradients, Settings);
    }

    /// <inheritdoc/>
    internal override IEnumerable<Op<T>> Step<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports) => Descend(blocks, ports, FirstMoment, s_gain);
}

/// <summary>
/// How far Adam's direction moves when gradients do. It is nearly a sign where a second moment is young, so a gradient of the size of
/// rounding may turn a whole element of it; a comparison of two runs has to allow for that. See docs/adr/0010.
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
