using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>
/// An executable that keeps a plan in canonical layout on a backend's memory; who derives from it says how lists of ops run on it, one by one
/// or as one recorded graph. Memory is allocated once; a step allocates nothing.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public abstract class CanonicalExecutable<T> : IExecutable<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _backend;
    private readonly PlanMemory<T> _memory;
    private readonly Dictionary<int, BoundPlan<T>> _bound = [];
    private readonly ParameterAccess<T> _parameters;
    private readonly T[] _loss;
    private readonly ReportRing _reports;
    private readonly bool _evaluationOnly;
    private BoundPlan<T> _current;
    private int _samples;

    /// <summary>Allocates a plan on a backend.</summary>
    /// <param name="backend">The backend, which must outlive the interpreter.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    protected CanonicalExecutable(IBackend<T> backend, Plan<T> plan, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        (_backend, Plan, _evaluationOnly) = (backend, plan, options.EvaluationOnly);
        plan.RequireSupport(backend, options);
        _memory = new PlanMemory<T>(backend, plan, options.EvaluationOnly);
        (_loss, _reports) = (new T[plan.BatchSize], new ReportRing(options.KeptReports));
        _current = Bound(plan.BatchSize);
        _parameters = new ParameterAccess<T>(backend, plan, _current, options.EvaluationOnly);
        try
        {
            _parameters.ClearOptimizer();
        }
        catch
        {
            // The one who would dispose of this never gets it.
            _memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Plan<T> Plan { get; }

    /// <inheritdoc/>
    public MemoryReport Memory => _memory.Report;

    /// <inheritdoc/>
    public void Step(Batch<T> batch, in StepScalars scalars)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RefuseWhenEvaluationOnly();
        Load(batch);
        LoadScalars(scalars);
        RunStep(_current, scalars.Begins, scalars.Updates);
        KeepReport(_current, _samples);
    }

    /// <inheritdoc/>
    public void Evaluate(Batch<T> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Load(batch);
        LoadScalars(new StepScalars(0, 0, 0, batch.Count));
        RunEvaluation(_current);
        KeepReport(_current, _samples);
    }

    /// <inheritdoc/>
    public int KeptReports => _reports.Kept;

    /// <inheritdoc/>
    public virtual void Read(Span<StepReport> reports) => _reports.Read(reports);

    /// <inheritdoc/>
    public void ReadLogits(Span<T> logits) => _backend.Download(_current.Logits, logits);

    /// <inheritdoc/>
    public void ReadParameter(string name, ParameterPart part, Span<T> destination) => _parameters.Read(name, part, destination);

    /// <inheritdoc/>
    public void WriteParameter(string name, ParameterPart part, ReadOnlySpan<T> source) => _parameters.Write(name, part, source);

    /// <inheritdoc/>
    public void Recentre()
    {
        RefuseWhenEvaluationOnly();
        RunRecentring(_current);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs the ops of a step in order.</summary>
    /// <param name="bound">The plan for the number of samples at hand.</param>
    /// <param name="begins">Whether the ops of <see cref="BoundPlan{T}.Begin"/> come first.</param>
    /// <param name="updates">Whether the ops of <see cref="BoundPlan{T}.Update"/> come last.</param>
    protected abstract void RunStep(BoundPlan<T> bound, bool begins, bool updates);

    /// <summary>Runs the ops of an evaluation in order.</summary>
    /// <param name="bound">The plan for the number of samples at hand.</param>
    protected abstract void RunEvaluation(BoundPlan<T> bound);

    /// <summary>Runs the ops that re-centre kernels.</summary>
    /// <param name="bound">The plan.</param>
    protected abstract void RunRecentring(BoundPlan<T> bound);

    /// <summary>Keeps the losses of the batch that was run, until they are read: here by waiting for them at once.</summary>
    /// <param name="bound">The plan for the number of samples at hand.</param>
    /// <param name="samples">The number of samples.</param>
    protected virtual void KeepReport(BoundPlan<T> bound, int samples)
    {
        ArgumentNullException.ThrowIfNull(bound);
        _backend.Download(bound.Loss, _loss.AsSpan(0, samples));
        int correct = 0;
        _backend.Download(bound.Correct, MemoryMarshal.CreateSpan(ref correct, 1));
        _reports.Add(StepReport.Of<T>(_loss.AsSpan(0, samples), correct));
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing) => _memory.Dispose();

    private void Load(Batch<T> batch)
    {
        Plan.Require(batch);
        _samples = batch.Count;
        _current = Bound(_samples);
        _backend.Upload(batch.Images.AsSpan(0, checked((int)_current.Images.Length)), _current.Images);
        _backend.Upload(batch.Labels.AsSpan(0, _samples), _current.Labels);
        _backend.Upload(batch.SampleIndices.AsSpan(0, _samples), _current.Samples);
    }

    private void LoadScalars(in StepScalars scalars)
    {
        Span<T> values = stackalloc T[(int)_current.Scalars.Length];
        Plan.ScalarsAt(scalars, values);
        _backend.Upload<T>(values, _current.Scalars);
        _backend.Upload([checked((int)scalars.Step)], _current.StepIndex);
    }

    private BoundPlan<T> Bound(int samples)
    {
        if (!_bound.TryGetValue(samples, out BoundPlan<T>? bound))
        {
            bound = new BoundPlan<T>(Plan, _memory, samples);
            _bound.Add(samples, bound);
        }

        return bound;
    }

    private void RefuseWhenEvaluationOnly()
    {
        if (_evaluationOnly)
        {
            throw new InvalidOperationException("This executable was compiled for evaluation only: it can neither step nor re-centre.");
        }
    }
}
