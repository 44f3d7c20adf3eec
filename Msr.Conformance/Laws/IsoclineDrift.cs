using Msr.Core.Ops;

namespace Msr.Conformance.Laws;

/// <summary>
/// Carries, slice by slice and in float64, the theorem's bound on |slice mean| of one kernel through its update steps; docs/error-bounds.md,
/// "The isocline over a trajectory", derives it. Slices lie one after the other, each with its taps.
/// </summary>
internal sealed class IsoclineDrift
{
    private const double SecondOrder = 1.001;

    private readonly int _taps;
    private readonly double _u;
    private readonly SgdSettings _settings;
    private readonly double[] _kernelError;
    private readonly double[] _momentumError;

    /// <summary>Starts from a kernel as it is: E is its |slice mean|.</summary>
    public IsoclineDrift(double[] kernel, int taps, double u, SgdSettings settings)
    {
        (_taps, _u, _settings) = (taps, u, settings);
        double[] size = Averages(kernel, Math.Abs);
        _kernelError = [.. Averages(kernel, static x => x).Zip(size, (mean, average) => Math.Abs(mean) + (Measuring * average))];
        _momentumError = new double[_kernelError.Length];
    }

    /// <summary>What taking a mean in float64 errs by, times avg|w|.</summary>
    private double Measuring => (_taps + 1) * Math.ScaleB(1, -53);

    /// <summary>Carries the bound over one step with momentum from 0 or as it was left.</summary>
    /// <param name="rate">The learning rate as the backend has it, with its multiplier.</param>
    /// <param name="step">The kernel's tensors around the step.</param>
    /// <returns>The largest |slice mean| over its bound.</returns>
    public double Advance(double rate, KernelStep step)
    {
        double mu = _settings.Momentum, decay = _settings.WeightDecay;
        double gamma = (_taps + 2) * _u / (1 - ((_taps + 2) * _u));
        double[] g = Averages(step.Gradient, Math.Abs), pg = Averages(step.Projected, Math.Abs), w0 = Averages(step.OldKernel, Math.Abs);
        double[] v0 = Averages(step.OldMomentum, Math.Abs), v1 = Averages(step.NewMomentum, Math.Abs), w1 = Averages(step.NewKernel, Math.Abs);
        for (int slice = 0; slice < w1.Length; slice++)
        {
            double size = pg[slice] + (decay * w0[slice]);
            double direction = (gamma * g[slice]) + (3 * _u * pg[slice]) + (decay * _kernelError[slice]) + (2 * _u * size);
            _momentumError[slice] = (mu * _momentumError[slice]) + direction + (3 * _u * ((mu * v0[slice]) + size));
            double taken = _settings.Nesterov
                ? direction + (mu * _momentumError[slice]) + (2 * _u * (size + (mu * v1[slice])))
                : _momentumError[slice];
            double length = size + (mu * (v0[slice] + v1[slice]));
            _kernelError[slice] = SecondOrder * (_kernelError[slice] + (rate * taken) + (_u * ((2 * rate * length) + w1[slice])));
        }

        return Ratio(step.NewKernel);
    }

    /// <summary>The largest |slice mean| of a kernel over the bound as it stands.</summary>
    public double Ratio(double[] kernel)
    {
        double[] means = Averages(kernel, static x => x), size = Averages(kernel, Math.Abs);
        double worst = 0;
        for (int slice = 0; slice < means.Length; slice++)
        {
            double ratio = means[slice] == 0 ? 0 : Math.Abs(means[slice]) / (_kernelError[slice] + (Measuring * size[slice]));
            worst = Math.Max(worst, double.IsNaN(ratio) ? double.PositiveInfinity : ratio);
        }

        return worst;
    }

    private double[] Averages(double[] slices, Func<double, double> map)
    {
        double[] averages = new double[slices.Length / _taps];
        for (int i = 0; i < slices.Length; i++)
        {
            averages[i / _taps] += map(slices[i]) / _taps;
        }

        return averages;
    }
}
