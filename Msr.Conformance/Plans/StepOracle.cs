using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Plans;

/// <summary>
/// The oracle of whole steps, for a training that goes on meanwhile: the step runs as always, then a copy of what it started from is replayed op by op
/// in float64 on the oracle and in float32 on the definition loops, and the loss, every gradient, every parameter and every state of the optimizer are
/// held to the <see cref="StepRule"/> by which the kit judges generated steps. A training is watched, never changed. The oracle does not judge itself:
/// where it trains, the definition loops replay in float64 too.
/// </summary>
/// <remarks>A quantity that float32 misses by more than 1/128 is not judged but counted as undecided; where the backend transforms convolutions, so is one
/// beyond its bound that is off by no more than 1/16. See docs/adr/0004.</remarks>
/// <typeparam name="T">The element type of the training.</typeparam>
public sealed class StepOracle<T> : IStepWatcher<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Trainer<T> _trainer;
    private readonly int _every;
    private readonly Action<StepCheckReport> _report;
    private readonly double _scale;
    private readonly bool _transforms;
    private readonly ReferenceBackend<float> _loops;
    private readonly IBackend<double> _truth;
    private readonly StepCopy<float> _single;
    private readonly StepCopy<double> _exact;
    private PlanState _before = new([]);
    private double _loss;
    private bool _replaying;

    /// <summary>Prepares to check a training.</summary>
    /// <param name="trainer">The training.</param>
    /// <param name="backend">The backend that it runs on.</param>
    /// <param name="every">Steps between two checks; the first step is checked.</param>
    /// <param name="report">Is told what every check found.</param>
    public StepOracle(Trainer<T> trainer, IBackend<T> backend, int every, Action<StepCheckReport> report)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        (_trainer, _every, _report) = (trainer, every, report);
        Accuracy accuracy = backend.Info.Accuracy;
        _scale = (accuracy.UnitRoundoff + accuracy.InputRounding) / Accuracy.Single.UnitRoundoff;
        _loops = new ReferenceBackend<float>(backend is IBackend<float> single ? single.AccuracyOf : null);
        _truth = backend is OracleBackend<T> ? new ReferenceBackend<double>() : new OracleBackend<double>();
        int batch = trainer.Executable.Plan.BatchSize;
        Plan<float> plan = trainer.CreatePlan<float>(batch);
        _transforms = plan.Forward.Concat(plan.Backward).Any(op => _loops.AccuracyOf(op).WinogradTile > 0);
        (_single, _exact) = (new StepCopy<float>(_loops, plan), new StepCopy<double>(_truth, trainer.CreatePlan<double>(batch)));
    }

    /// <inheritdoc/>
    public void Before(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars)
    {
        if (scalars.Begins && scalars.Step % _every == 0)
        {
            _before = StepCopy<T>.StateOf(executable, gradients: false);
            _single.Begin(_before);
            _exact.Begin(_before);
            (_replaying, _loss) = (true, 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StepCheckException">The step differs from its replay by more than is allowed.</exception>
    public void After(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!_replaying)
        {
            return;
        }

        _loss += executable.Read().LossSum;
        _single.Step(batch, scalars);
        _exact.Step(batch, scalars);
        if (scalars.Updates)
        {
            _replaying = false;
            StepCheckReport report = Compare(executable, scalars);
            _report(report);
            if (!report.Passed)
            {
                throw new StepCheckException(report);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _single.Dispose();
        _exact.Dispose();
        _loops.Dispose();
        _truth.Dispose();
    }

    private StepCheckReport Compare(IExecutable<T> executable, in StepScalars scalars)
    {
        Core.Optimizers.UpdateRule update = _trainer.Options.CreateUpdateRule();
        DirectionAllowance direction = new(update.Optimizer, DirectionAllowance.Rates(_exact.Plan, update, scalars.LearningRate), _before, scalars.Step);
        StepRule rule = new(_scale, [_single.Result], _exact.Result, direction) { Transforms = _transforms };
        return rule.Compare(scalars.Step, StepCopy<T>.StateOf(executable, gradients: true), _loss);
    }
}

/// <summary>Runs the steps of a training in another element type, op by op, from a copy of its parameters.</summary>
/// <typeparam name="E">The element type of the copy.</typeparam>
internal sealed class StepCopy<E> : IDisposable
    where E : unmanaged, IBinaryFloatingPointIeee754<E>
{
    private readonly Interpreter<E> _interpreter;
    private readonly Batch<E> _batch;
    private double _loss;

    public StepCopy(IBackend<E> backend, Plan<E> plan)
    {
        _interpreter = new Interpreter<E>(backend, plan, CompileOptions.Default);
        _batch = new Batch<E>(plan.BatchSize, plan.Image);
    }

    /// <summary>The plan.</summary>
    public Plan<E> Plan => _interpreter.Plan;

    /// <summary>The state after the steps since <see cref="Begin"/>, and the sum of their losses.</summary>
    public (PlanState State, double Loss) Result => (StateOf(_interpreter, gradients: true), _loss);

    /// <summary>The tensors of an executable.</summary>
    public static PlanState StateOf(IExecutable<E> executable, bool gradients) =>
        new([.. from parameter in executable.Plan.Parameters
                from part in parameter.Parts
                where gradients || part != ParameterPart.Gradient
                select (parameter.Name, part, Read(executable, parameter, part))]);

    /// <summary>Starts from parameters and states.</summary>
    public void Begin(PlanState from)
    {
        _loss = 0;
        foreach ((string name, ParameterPart part, double[] values) in from.Tensors)
        {
            _interpreter.WriteParameter(name, part, Array.ConvertAll(values, E.CreateTruncating));
        }
    }

    /// <summary>Runs a batch.</summary>
    public void Step<T>(Batch<T> batch, in StepScalars scalars)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        _batch.Count = batch.Count;
        for (int i = 0; i < batch.Count * batch.Image.Length; i++)
        {
            _batch.Images[i] = E.CreateTruncating(batch.Images[i]);
        }

        batch.Labels.AsSpan(0, batch.Count).CopyTo(_batch.Labels);
        batch.SampleIndices.AsSpan(0, batch.Count).CopyTo(_batch.SampleIndices);
        _interpreter.Step(_batch, scalars);
        _loss += _interpreter.Read().LossSum;
    }

    public void Dispose() => _interpreter.Dispose();

    private static double[] Read(IExecutable<E> executable, PlanParameter<E> parameter, ParameterPart part)
    {
        E[] values = new E[parameter.Layout.Exchange.Length];
        executable.ReadParameter(parameter.Name, part, values);
        return Array.ConvertAll(values, double.CreateTruncating);
    }
}
