using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>
/// The isocline holds: after any number of steps with arbitrary gradients, rates, momentum, Nesterov, decay and clipping, every |slice mean| stays
/// within the running bound of <see cref="IsoclineDrift"/>.
/// </summary>
internal sealed class IsoclineLaw : Law
{
    public override string Name => "isocline";

    public override string Statement => "A kernel that starts with zero-mean slices keeps them through any update steps, within the running bound.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(TestCase testCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        double worst = subject.Visit(new Guest((TrajectoryCase)testCase));
        return worst <= 1 ? LawOutcome.Holds(worst) : LawOutcome.Failed($"|slice mean| is {worst:G4} of its bound");
    }

    private sealed class Guest(TrajectoryCase trajectory) : ISubjectGuest<double>
    {
        public double Work<T>(IBackend<T> backend)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => trajectory.WorstRatio(backend);
    }
}

/// <summary>
/// The kernels of a real network stay on the isocline: an interpreted run is watched and the running bound carried from the gradients before and
/// after their projection. A compiled run of the same steps may leave twice that bound: its gradients, kernels and momenta are within a factor
/// of two of the interpreted ones, or other laws fail.
/// </summary>
internal sealed class PlanIsoclineLaw : PlanLaw
{
    public override string Name => "plan-isocline";

    public override string Statement => "The slice means of all projected kernels of a network stay within the running bound.";

    public override LawStrength Strength => LawStrength.Theorem;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        Projections seen = new();
        using PlanRun watched = planCase.Open(subject, new PlanOptions(Interpreted: true, seen)), compiled = planCase.Open(subject);
        ProjectedKernel[] kernels = [.. watched.Kernels];
        if (kernels.Length == 0)
        {
            return LawOutcome.Skipped("no kernel is kept on the isocline");
        }

        SgdSettings settings = planCase.Rule.Optimizer.SettingsOf(planCase.Rule.GroupOf(ParameterKind.SpatialKernel));
        IsoclineDrift[] drifts = [.. kernels.Select(kernel => new IsoclineDrift(
            watched.Read(kernel.Name, ParameterPart.Value), kernel.Taps, subject.Info.Accuracy.UnitRoundoff, settings))];
        double worst = 0;

        // Without momentum it is not looked at.
        ParameterPart momentum = planCase.Rule.Optimizer.State.FirstOrDefault() ?? ParameterPart.Value;
        for (int step = 0; step < planCase.Steps; step++)
        {
            seen.Clear();
            (double[] W, double[] V)[] before = [.. kernels.Select(kernel => Tensors(watched, kernel, momentum))];
            watched.Step(step);
            compiled.Step(step);
            for (int i = 0; i < kernels.Length; i++)
            {
                (double[] w, double[] v) = Tensors(watched, kernels[i], momentum);
                if (seen.Of(kernels[i], w.Length) is not { } gradient)
                {
                    return LawOutcome.Failed($"step {step} did not project the gradient of '{kernels[i].Name}'");
                }

                double rate = subject.Round(planCase.Rate(step));
                double ratio = drifts[i].Advance(rate, new KernelStep(gradient.Before, gradient.After, before[i].W, before[i].V, w, v));
                ratio = Math.Max(ratio, drifts[i].Ratio(compiled.Read(kernels[i].Name, ParameterPart.Value)) / 2);
                if (!(ratio <= 1))
                {
                    return LawOutcome.Failed($"step {step}: |slice mean| of '{kernels[i].Name}' is {ratio:G4} of its bound");
                }

                worst = Math.Max(worst, ratio);
            }
        }

        return LawOutcome.Holds(worst);
    }

    private static (double[] Kernel, double[] Momentum) Tensors(PlanRun run, ProjectedKernel kernel, ParameterPart momentum) =>
        (run.Read(kernel.Name, ParameterPart.Value), run.Read(kernel.Name, momentum));
}

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

    /// <summary>The error of a mean in float64, times avg|w|.</summary>
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

/// <summary>One kernel's tensors around one update step, slices one after the other.</summary>
/// <param name="Gradient">Before the projection.</param>
/// <param name="Projected">After it, before clipping.</param>
/// <param name="OldKernel">The kernel before the step.</param>
/// <param name="OldMomentum">The momentum before the step.</param>
/// <param name="NewKernel">The kernel after it.</param>
/// <param name="NewMomentum">The momentum after it.</param>
internal sealed record KernelStep(
    double[] Gradient, double[] Projected, double[] OldKernel, double[] OldMomentum, double[] NewKernel, double[] NewMomentum);
