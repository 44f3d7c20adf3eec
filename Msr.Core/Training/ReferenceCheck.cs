using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Optimizers;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>
/// Compares whole training steps with a reference while a training goes on: the step runs as always, then a copy of what it started from is
/// replayed op by op in float64, and the loss, every gradient and every parameter are compared in relative L2.
/// </summary>
/// <remarks>
/// What is allowed is calibrated, not chosen: 16 times the error that a float32 replay of the same step has against the float64 one, scaled by
/// u / 2⁻²⁴ for the precision under test, plus 16·u. A quantity that float32 misses by more than 1/128 is not judged but counted as undecided; where
/// the backend transforms convolutions, so is a gradient or parameter beyond its bound that is off by no more than 1/16.
/// See docs/adr/0004. With Adam the moments are compared for the gradients that they take in, and parameters may differ by what gradients
/// within their own bounds make of the direction besides; see docs/adr/0010.
/// </remarks>
/// <typeparam name="T">The element type of the training.</typeparam>
public sealed class ReferenceCheck<T> : IStepWatcher<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Margin = 16;
    private const double LargestCalibration = 1.0 / 128;

    // What a few ReLUs that rounding decides may make of a gradient; a wrong op makes more of it.
    private const double FewRectifiers = 1.0 / 16;

    private readonly int _every;
    private readonly Action<ReferenceCheckReport> _report;
    private readonly double _unitRoundoff;
    private readonly UpdateRule _rule;
    private readonly ParameterSnapshot<T> _before;
    private readonly ReferenceReplay<float> _calibration;
    private readonly ReferenceReplay<double> _truth;
    private readonly bool _transforms;
    private double _lossSum;
    private bool _replaying;

    /// <summary>Prepares to check a training.</summary>
    /// <param name="trainer">The training.</param>
    /// <param name="every">Steps between two checks; the first step is checked.</param>
    /// <param name="accuracy">The accuracy that the backend under test declares.</param>
    /// <param name="calibration">The reference in float32, which must outlive this object.</param>
    /// <param name="truth">The reference in float64, which must outlive this object.</param>
    /// <param name="report">Is told what every check found.</param>
    public ReferenceCheck(
        Trainer<T> trainer, int every, Accuracy accuracy, IBackend<float> calibration, IBackend<double> truth, Action<ReferenceCheckReport> report)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(accuracy);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        (_every, _report, _unitRoundoff) = (every, report, accuracy.UnitRoundoff + accuracy.InputRounding);
        _rule = trainer.Options.CreateUpdateRule();
        _before = new ParameterSnapshot<T>(trainer.Executable.Plan);
        int batch = trainer.Executable.Plan.BatchSize;
        Plan<float> plan = trainer.CreatePlan<float>(batch);
        _transforms = plan.Forward.Concat(plan.Backward).Any(op => calibration.AccuracyOf(op).WinogradTile > 0);
        _calibration = new ReferenceReplay<float>(calibration, plan);
        _truth = new ReferenceReplay<double>(truth, trainer.CreatePlan<double>(batch));
    }

    /// <inheritdoc/>
    public void Before(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars)
    {
        if (scalars.Begins && scalars.Step % _every == 0)
        {
            _before.Save(executable);
            _calibration.Begin(_before);
            _truth.Begin(_before);
            (_replaying, _lossSum) = (true, 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ReferenceCheckException">The step differs from the reference by more than is allowed.</exception>
    public void After(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars)
    {
        ArgumentNullException.ThrowIfNull(executable);
        ArgumentNullException.ThrowIfNull(batch);
        if (!_replaying)
        {
            return;
        }

        _lossSum += executable.Read().LossSum;
        _calibration.Step(batch, scalars);
        _truth.Step(batch, scalars);
        if (scalars.Updates)
        {
            _replaying = false;
            ReferenceCheckReport report = Compare(executable, scalars);
            _report(report);
            if (!report.Passed)
            {
                throw new ReferenceCheckException(report);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _calibration.Dispose();
        _truth.Dispose();
    }

    private ReferenceCheckReport Compare(IExecutable<T> executable, in StepScalars scalars)
    {
        List<Finding> findings = [new("the loss", null, ParameterPart.Value, [_lossSum], [_calibration.LossSum], [_truth.LossSum])];
        ParameterPart[] parts = [.. _rule.Optimizer.Witnesses, ParameterPart.Value];
        findings.AddRange(
            from parameter in executable.Plan.Parameters
            from part in parts
            where parameter.Tensor(part) is not null
            select Find(executable, parameter, part));

        // Which side of zero a ReLU falls on does not scale with the precision, and clipping hands one gradient's error to all others.
        double scale = _unitRoundoff / Accuracy.Single.UnitRoundoff;
        double scaleOfGradients = findings.TrueForAll(static finding => finding.IsDecided) ? scale : Math.Max(1, scale);
        (long step, double rate) = (scalars.Step, scalars.LearningRate);
        List<(Finding Finding, double Allowed)> judged =
        [
            .. findings.Where(static finding => finding.IsDecided)
                .Select(finding => (
                    Finding: finding,
                    Allowed: Allowed(finding, finding.IsLoss ? scale : scaleOfGradients) + Spread(finding, findings, scaleOfGradients, step, rate)))
                .Where(pair => !MayBeRectifiers(pair.Finding, pair.Allowed)),
        ];
        return judged
            .Select(pair => new ReferenceCheckReport(
                step, judged.Count, findings.Count - judged.Count, pair.Finding.Name, pair.Finding.Error, pair.Allowed))
            .MaxBy(static report => (double.IsNaN(report.Error), report.Error / report.Allowed))!;
    }

    /// <summary>Transforms round so much more that in most steps a few ReLUs fall on another side than in any one replay.</summary>
    private bool MayBeRectifiers(Finding finding, double allowed) =>
        _transforms && !finding.IsLoss && finding.Error > allowed && finding.Error <= FewRectifiers;

    private Finding Find(IExecutable<T> executable, PlanParameter<T> parameter, ParameterPart part)
    {
        T[] values = new T[parameter.Layout.Exchange.Length];
        executable.ReadParameter(parameter.Name, part, values);
        return new Finding(
            part == ParameterPart.Value ? $"'{parameter.Name}'" : $"the {part.Name} of '{parameter.Name}'",
            parameter,
            part,
            Array.ConvertAll(values, double.CreateTruncating),
            _calibration.Read(parameter.Name, part, values.Length),
            _truth.Read(parameter.Name, part, values.Length));
    }

    private double Allowed(Finding finding, double scale) => Margin * ((scale * finding.Rounding) + _unitRoundoff);

    /// <summary>What a step along its direction may move a parameter by, relative to it, when its gradients are off by what they are allowed.</summary>
    private double Spread(Finding finding, List<Finding> findings, double scale, long step, double rate)
    {
        if (finding.Part != ParameterPart.Value || finding.Parameter is not { Gradient: not null } parameter)
        {
            return 0;
        }

        int length = (int)parameter.Layout.Exchange.Length;
        double spread = _rule.Optimizer.Spread(
            step,
            part => Before(parameter, part),
            part => _truth.Read(parameter.Name, part, length),
            part => Allowed(findings.Single(other => other.Part == part && other.Parameter == parameter), scale));
        return spread == 0 ? 0 : rate * _rule.GroupOf(parameter.Kind).RateMultiplier * spread / finding.Norm;
    }

    private double[] Before(PlanParameter<T> parameter, ParameterPart part) =>
        Array.ConvertAll(_before.Tensors.Single(tensor => tensor.Name == parameter.Name && tensor.Part == part).Values, double.CreateTruncating);

    /// <summary>‖x − truth‖ / ‖truth‖; where the truth is zero, so must x be.</summary>
    private static double RelativeError(double[] x, double[] truth)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < x.Length; i++)
        {
            difference += (x[i] - truth[i]) * (x[i] - truth[i]);
            norm += truth[i] * truth[i];
        }

        return difference == 0 ? 0 : Math.Sqrt(difference / norm);
    }

    /// <summary>How far a quantity is from the truth, how far float32 is, and how large the truth is; the loss belongs to no parameter.</summary>
    private sealed record Finding(string Name, PlanParameter<T>? Parameter, ParameterPart Part, double Error, double Rounding, double Norm)
    {
        public Finding(string name, PlanParameter<T>? parameter, ParameterPart part, double[] tested, double[] calibration, double[] truth)
            : this(name, parameter, part, RelativeError(tested, truth), RelativeError(calibration, truth), Math.Sqrt(truth.Sum(static x => x * x)))
        {
        }

        public bool IsLoss => Parameter is null;

        public bool IsDecided => IsLoss || Rounding <= LargestCalibration;
    }
}
