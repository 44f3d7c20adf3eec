using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Execution;

/// <summary>
/// A plan that takes a few samples at a time through its forward and backward pass, while their activations are near. Sums over samples are
/// added up within partitions of micro-batches, and the partitions by a binary tree (<see cref="PartitionSums{T}"/>): bits depend on no number of
/// threads. Partitions run at once, one thread each, where there are enough of them, and else one after another on all threads. A step allocates
/// nothing once every number of samples was met.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class MicroBatchExecutable<T> : IExecutable<T>, IPieces
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelRunner<T> _runner;
    private readonly int _size;
    private readonly SharedMemory<T> _shared;
    private readonly MicroBatchMemory<T>[] _workers;
    private readonly PartitionSums<T>? _sums;
    private readonly ReportRing _reports;
    private readonly PreparedFilters<T> _filters;
    private readonly Pass<T>? _training;
    private readonly Pass<T> _evaluation;
    private readonly Op<T>[] _begin, _recentre;
    private readonly Op<T>[] _update;
    private readonly ParameterAccess<T> _parameters;
    private readonly TensorRef<T> _scalars;
    private readonly TensorRef<int> _stepIndex;
    private readonly T[] _loss, _logits;
    private readonly int[] _correct;
    private GCHandle _handle;
    private Pass<T> _pass;
    private Batch<T>? _batch;
    private MicroBatches _cut;
    private int _samples;

    /// <summary>Allocates a plan.</summary>
    /// <param name="backend">The backend, which must outlive the executable.</param>
    /// <param name="runner">Its kernels and threads.</param>
    /// <param name="plan">The plan; the backend supports its ops.</param>
    /// <param name="split">Its parts.</param>
    /// <param name="microBatch">The samples of a micro-batch; the plan decides when left out.</param>
    /// <param name="keptReports">How many reports are kept until they are read.</param>
    public MicroBatchExecutable(IBackend<T> backend, KernelRunner<T> runner, Plan<T> plan, PlanSplit<T> split, int? microBatch, int keptReports)
    {
        (_runner, Plan, _reports) = (runner, plan, new ReportRing(keptReports));
        _size = Math.Min(microBatch ?? split.SamplesAtATime(plan), plan.BatchSize);
        bool trains = split.Training is not null;
        _shared = new SharedMemory<T>(backend, plan, [.. plan.EvaluationForward, .. trains ? TrainingOps(plan) : []]);
        _evaluation = MakePass(split.Evaluation, evaluates: true);
        _training = trains ? MakePass(split.Training!, evaluates: false) : null;
        _pass = _training ?? _evaluation;

        _filters = new PreparedFilters<T>(backend, runner);
        int partitions = new MicroBatches(plan.BatchSize, _size).Partitions;
        Pass<T>[] passes = trains ? [_evaluation, _training!] : [_evaluation];
        _workers = new MicroBatchMemory<T>[RunsPartitionsAtOnce(partitions) ? runner.Pool.Threads : 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new MicroBatchMemory<T>(backend, plan, _shared, _filters, passes, _size, partitions > 1 ? _pass.Split.SumLength : 0);
        }

        _sums = partitions > 1 && trains ? new PartitionSums<T>(backend, runner, _pass.Split, _shared, partitions) : null;
        (_begin, _update, _recentre) = trains ? (Bind(plan.Begin), Bind(plan.Update), Bind(plan.Recentre)) : ([], [], []);
        (_scalars, _stepIndex) = (_shared.Map(plan.Ports.Scalars), _shared.Map(plan.Ports.StepIndex));
        (_loss, _logits, _correct) = (new T[plan.BatchSize], new T[plan.Ports.Logits.Length], new int[partitions]);
        PrepareWorkers(plan.BatchSize, passes);
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
        _parameters = new ParameterAccess<T>(backend, plan, _shared, !trains);
        _parameters.ClearOptimizer();
        Memory = MakeReport(partitions);
    }

    /// <inheritdoc/>
    public Plan<T> Plan { get; }

    /// <inheritdoc/>
    public MemoryReport Memory { get; }

    /// <inheritdoc/>
    public void Step(Batch<T> batch, in StepScalars scalars)
    {
        Pass<T> training = RequireTraining();
        Plan.Require(batch);
        _runner.Enter();
        try
        {
            Load(scalars);
            Run(scalars.Begins ? _begin : []);
            RunPass(training, batch);
            if (scalars.Updates)
            {
                ParametersChanged();
                Run(_update);
            }
        }
        finally
        {
            _runner.Leave();
        }
    }

    /// <inheritdoc/>
    public void Evaluate(Batch<T> batch)
    {
        Plan.Require(batch);
        _runner.Enter();
        try
        {
            Load(new StepScalars(0, 0, 0, batch.Count));
            RunPass(_evaluation, batch);
        }
        finally
        {
            _runner.Leave();
        }
    }

    /// <inheritdoc/>
    public int KeptReports => _reports.Kept;

    /// <inheritdoc/>
    public void Read(Span<StepReport> reports) => _reports.Read(reports);

    /// <inheritdoc/>
    public void ReadLogits(Span<T> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _samples * Plan.Classes);
        _logits.AsSpan(0, logits.Length).CopyTo(logits);
    }

    /// <inheritdoc/>
    public void ReadParameter(string name, ParameterPart part, Span<T> destination) => _parameters.Read(name, part, destination);

    /// <inheritdoc/>
    public void WriteParameter(string name, ParameterPart part, ReadOnlySpan<T> source)
    {
        _parameters.Write(name, part, source);
        ParametersChanged();
    }

    /// <inheritdoc/>
    public void Recentre()
    {
        RequireTraining();
        _runner.Enter();
        try
        {
            ParametersChanged();
            Run(_recentre);
        }
        finally
        {
            _runner.Leave();
        }
    }

    /// <summary>Runs a partition.</summary>
    /// <param name="index">The partition.</param>
    /// <param name="worker">Who runs it.</param>
    void IPieces.RunPiece(int index, Worker worker) => RunPartition(index, _workers[worker.Index], worker);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }

        _shared.Dispose();
        _sums?.Dispose();
        _filters.Dispose();
        foreach (MicroBatchMemory<T> worker in _workers)
        {
            worker.Dispose();
        }
    }

    private static IEnumerable<Op<T>> TrainingOps(Plan<T> plan) => [.. plan.Begin, .. plan.Forward, .. plan.Backward, .. plan.Update];

    /// <summary>Fewer partitions than threads would leave threads idle; an op spreads over all of them.</summary>
    private bool RunsPartitionsAtOnce(int partitions) => partitions > 1 && partitions >= _runner.Pool.Threads;

    private Pass<T> MakePass(SampleSplit<T> split, bool evaluates)
    {
        List<OpGroup<T>> groups = new EpilogueFusion<T>(_runner.Kernels).Fuse(split.PerSample);
        Arena arena = Arena.Pack(groups.Select(static group => group.Ops), buffer => PlanSplit<T>.LengthOf(buffer, Plan.BatchSize, _size));
        return new Pass<T>(split, groups, arena, _shared, evaluates);
    }

    private Op<T>[] Bind(IEnumerable<Op<T>> ops) => [.. ops.Select(op => op.Rebind(_shared))];

    private Pass<T> RequireTraining() =>
        _training ?? throw new InvalidOperationException("This executable was compiled for evaluation only: it can neither step nor re-centre.");

    private void Load(in StepScalars scalars)
    {
        Plan.ScalarsAt(scalars, HostMemory<T>.SpanOf(_scalars));
        HostMemory<int>.SpanOf(_stepIndex)[0] = checked((int)scalars.Step);
    }

    private void Run(ReadOnlySpan<Op<T>> ops)
    {
        foreach (Op<T> op in ops)
        {
            _runner.Run(op);
        }
    }

    private void RunPass(Pass<T> pass, Batch<T> batch)
    {
        (_pass, _batch, _samples, _cut) = (pass, batch, batch.Count, new MicroBatches(batch.Count, _size));
        PrepareWorkers(_samples, pass);
        RunBefore(pass);
        if (_cut.Count == 1)
        {
            _correct[0] = RunMicroBatch(0, _workers[0], alone: null);
        }
        else
        {
            RunPartitions(pass);
        }

        Run(pass.After);
        _batch = null;
        KeepReport();
    }

    private void KeepReport()
    {
        int correct = 0;
        foreach (int partition in _correct.AsSpan(0, _cut.Partitions))
        {
            correct += partition;
        }

        _reports.Add(StepReport.Of<T>(_loss.AsSpan(0, _samples), correct));
    }

    private void RunBefore(Pass<T> pass)
    {
        if (!pass.DependsOnParametersAlone)
        {
            _filters.Invalidate();
        }

        if (!pass.IsFresh)
        {
            Run(pass.Before);
            pass.IsFresh = pass.DependsOnParametersAlone;
        }

        if (_cut.Count > 1 || pass.Evaluates)
        {
            _filters.Refresh(pass.Split.PerSample);
        }
    }

    private void ParametersChanged()
    {
        _filters.Invalidate();
        _evaluation.IsFresh = false;
        _training?.IsFresh = false;
    }

    /// <summary>Sees to it that workers have the ops they will want.</summary>
    private void PrepareWorkers(int samples, params ReadOnlySpan<Pass<T>> passes)
    {
        MicroBatches cut = new(samples, _size);
        foreach (MicroBatchMemory<T> worker in _workers.AsSpan(0, RunsPartitionsAtOnce(cut.Partitions) ? _workers.Length : 1))
        {
            foreach (Pass<T> pass in passes)
            {
                // As even as they are, micro-batches have one size, or two that differ by one.
                worker.Prepare(pass, samples / cut.Count, direct: cut.Count == 1);
                worker.Prepare(pass, (samples + cut.Count - 1) / cut.Count, direct: cut.Count == 1);
            }
        }
    }

    private void RunPartitions(Pass<T> pass)
    {
        if (RunsPartitionsAtOnce(_cut.Partitions))
        {
            PiecesJob job = new(_handle);
            _runner.Pool.For(_cut.Partitions, ref job);
        }
        else
        {
            for (int partition = 0; partition < _cut.Partitions; partition++)
            {
                RunPartition(partition, _workers[0], alone: null);
            }
        }

        if (pass.Split.SumLength > 0)
        {
            _sums!.Reduce(_cut.Partitions);
        }
    }

    private void RunPartition(int partition, MicroBatchMemory<T> memory, Worker? alone)
    {
        bool sums = _pass.Split.SumLength > 0;
        if (sums)
        {
            memory.Sums.Span.Clear();
        }

        int correct = 0;
        for (int index = _cut.FirstOf(partition); index < _cut.FirstOf(partition + 1); index++)
        {
            correct += RunMicroBatch(index, memory, alone);
        }

        _correct[partition] = correct;

        if (sums)
        {
            _sums!.Keep(partition, memory.Sums);
        }
    }

    private int RunMicroBatch(int index, MicroBatchMemory<T> memory, Worker? alone)
    {
        int first = _cut.StartOf(index), samples = _cut.StartOf(index + 1) - first;
        memory.Load(_batch!, first, samples);
        foreach (BoundOp<T> bound in memory.Ops(_pass, samples, direct: _cut.Count == 1))
        {
            if (alone is null)
            {
                _runner.Run(bound);
            }
            else
            {
                _runner.RunAlone(bound, alone);
            }
        }

        return memory.Store(_loss.AsSpan(first, samples), _logits.AsSpan(first * Plan.Classes, samples * Plan.Classes));
    }

    private MemoryReport MakeReport(int partitions)
    {
        List<(string Purpose, long Bytes)> entries =
        [
            ($"Activations of {_size} samples for each of {_workers.Length} workers, packed by liveness", _workers.Sum(static worker => worker.ActivationBytes)),
            ("Filters, prepared for kernels", _filters.Bytes),
            ("Input and output of micro-batches", _workers.Sum(static worker => worker.PortBytes)),
            .. _shared.Report,
        ];
        if (_sums is { } sums)
        {
            entries.Add(($"Sums of {partitions} partitions and {_workers.Length} workers", sums.Bytes + _workers.Sum(static worker => worker.Sums.ByteLength)));
        }

        return new MemoryReport([.. entries.Where(static entry => entry.Bytes > 0)]);
    }
}
