using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>
/// Trains a network on one backend. Everything random is keyed, so a training that is stopped after any step and resumed from its checkpoint
/// goes on bit for bit, with any number of threads. The trainer writes no file and no console: it tells a listener.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class Trainer<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // However seldom reports are, a training that diverges is stopped by then.
    private const int MostStepsUnread = 64;

    private readonly IBackend<T> _backend;
    private readonly TrainerSettings _settings;
    private readonly Network _network;
    private readonly BatchLoader<T> _loader;
    private readonly AllocationMeter _allocations = new();
    private readonly Stopwatch _clock = new();
    private readonly DivergenceDiagnosis<T> _diagnosis;
    private readonly double _peakRate;
    private readonly T[] _parameter;
    private readonly StepReport[] _reports;
    private readonly bool[] _updates;
    private Prefetcher<T>? _prefetcher;
    private MeanShiftMeter<T>? _meanShift;
    private int _unread;

    /// <summary>Builds the network and starts its parameters.</summary>
    /// <param name="backend">The backend, which must outlive the trainer.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">Everything that decides the numbers.</param>
    /// <param name="settings">How the training is watched.</param>
    /// <exception cref="ArgumentException">An option does not fit; the message says which and what would.</exception>
    public Trainer(IBackend<T> backend, TrainingData data, TrainingOptions options, TrainerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_backend, Data, Options, _settings) = (backend, data, options, settings ?? new TrainerSettings());
        _settings.Validate();
        _network = options.CreateNetwork(data.Train.Image, data.Train.Classes);
        _peakRate = options.PeakRate();
        _loader = new BatchLoader<T>(data.Train, data.Standardization, new LoaderOptions(options.Batch)
        {
            Seed = options.Seed,
            Shuffle = true,
            Augmentation = options.AugmentationFor(data.Train.Name),
        });
        _reports = new StepReport[checked(Math.Min(_settings.LogEvery, MostStepsUnread) * options.Accumulate)];
        _updates = new bool[_reports.Length];
        Executable = backend.Compile(CreatePlan<T>(Math.Min(options.Batch, data.Train.Count)), new CompileOptions { KeptReports = _reports.Length });
        _diagnosis = new DivergenceDiagnosis<T>(backend, Executable, _loader, ScalarsOf);
        _parameter = new T[Executable.Plan.Parameters.Max(static parameter => parameter.Layout.Exchange.Length)];
        NetworkParameters.Initialize(Executable, options.Seed);
    }

    /// <summary>Everything that decides the numbers.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The data.</summary>
    public TrainingData Data { get; }

    /// <summary>The executable that holds the parameters.</summary>
    public IExecutable<T> Executable { get; }

    /// <summary>The state of the training.</summary>
    public TrainingState State { get; private set; }

    /// <summary>Watches single steps, such as the comparison with a reference; null for nobody.</summary>
    public IStepWatcher<T>? StepWatcher { get; set; }

    /// <summary>Optimizer steps of an epoch.</summary>
    public int StepsPerEpoch => (_loader.BatchesPerEpoch + Options.Accumulate - 1) / Options.Accumulate;

    /// <summary>Optimizer steps of the whole training.</summary>
    public long TotalSteps => (long)StepsPerEpoch * Options.Epochs;

    /// <summary>Whether all epochs are done.</summary>
    public bool IsComplete => State.Epoch >= Options.Epochs;

    /// <summary>Managed bytes that a step allocates after warm-up; null before that, and where a watcher's own would be among them.</summary>
    public double? AllocatedBytesPerStep => StepWatcher is null ? _allocations.BytesPerStep : null;

    /// <summary>Time spent in <see cref="Run"/>, evaluation included, over all sittings.</summary>
    public double Seconds => State.Seconds + _clock.Elapsed.TotalSeconds;

    /// <summary>A plan of the network, such as one for a reference in another precision.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="batch">The largest batch.</param>
    public Plan<E> CreatePlan<E>(int batch)
        where E : unmanaged, IBinaryFloatingPointIeee754<E>
    {
        ulong noiseKey = new RandomStream(Options.Seed).Split("noise").Key;
        return TrainingPlan.Of<E>(_network, Options.CreateUpdateRule(), new PlanSettings(batch, noiseKey, Options.LabelSmoothing));
    }

    /// <summary>Trains until all epochs are done, or until asked to stop: then the step at hand is finished first.</summary>
    /// <param name="listener">Is told how it goes.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Whether all epochs are done.</returns>
    /// <exception cref="TrainingDivergedException">A loss or a parameter is not finite; the message names the step and the first op that made it so.</exception>
    public bool Run(ITrainingListener? listener = null, CancellationToken stop = default)
    {
        Pace pace = new();
        _clock.Start();
        BeginStretch();
        while (!IsComplete && !stop.IsCancellationRequested)
        {
            TrainStep(pace);
            bool epochEnds = State.BatchInEpoch == _loader.BatchesPerEpoch;
            bool reports = epochEnds || State.Step % _settings.LogEvery == 0;
            bool saves = epochEnds || (_settings.CheckpointEvery > 0 && State.Step % _settings.CheckpointEvery == 0);
            if (reports || saves)
            {
                EndStretch(listener, pace, reports, epochEnds);
                if (saves)
                {
                    OfferCheckpoint(listener);
                }

                BeginStretch();
            }
        }

        ReadReports(pace);
        _clock.Stop();
        return IsComplete;
    }

    /// <summary>Everything needed to go on from here, as a checkpoint that reads the tensors when it is written.</summary>
    public Checkpoint ToCheckpoint() => new()
    {
        Step = State.Step,
        Epoch = State.Epoch,
        BatchInEpoch = State.BatchInEpoch,
        Seed = Options.Seed,
        Model = Options.Model,
        Method = Options.Method,
        Config = ModelCard.Of(Options, Data).ToJson(),
        Scalars = (State with { Seconds = Seconds }).ToScalars(),
        Parameters = NetworkParameters.ToTensors(Executable),
        OptimizerState = NetworkParameters.OptimizerToTensors(Executable),
    };

    /// <summary>Goes on from a checkpoint of the same training, bit for bit; only the epochs may be more.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It is of another training, or holds no optimizer state; then nothing has changed.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        NetworkParameters.Require(Executable.Plan, checkpoint, Options.Model);
        ResumePoint.Require(checkpoint, Options, Data, _loader.BatchesPerEpoch);
        NetworkParameters.RequireOptimizer(Executable.Plan, checkpoint);
        NetworkParameters.Load(Executable, checkpoint, Options.Model);
        NetworkParameters.LoadOptimizer(Executable, checkpoint);
        State = TrainingState.Of(checkpoint);
        _unread = 0;
        _clock.Reset();
        _prefetcher?.Dispose();
        _prefetcher = null;
    }

    /// <summary>Saves what <see cref="ToCheckpoint"/> holds.</summary>
    /// <param name="path">The file; an old one is replaced only when the new one is whole.</param>
    public void Save(string path) => CheckpointStore.Save(path, ToCheckpoint());

    /// <summary>Whether all parameters and the whole state of the optimizer are finite: what is not is worth no checkpoint.</summary>
    public bool IsFinite() => NetworkParameters.AreFinite(Executable);

    /// <summary>Loss and accuracy on a data set.</summary>
    /// <param name="data">The data set.</param>
    public StepReport Evaluate(ImageDataset data) => Evaluation.Of(Executable, data, Data.Standardization);

    /// <inheritdoc/>
    public void Dispose()
    {
        _prefetcher?.Dispose();
        _meanShift?.Dispose();
        Executable.Dispose();
    }

    /// <summary>Steps between two calls of this belong to the allocation meter, and a diagnosis of divergence replays no others.</summary>
    private void BeginStretch()
    {
        _diagnosis.Remember(State);
        _allocations.Begin(State.Step);
    }

    private void EndStretch(ITrainingListener? listener, Pace pace, bool reports, bool epochEnds)
    {
        ReadReports(pace);
        _allocations.End(State.Step);
        if (reports)
        {
            Report(listener, pace);
        }

        if (epochEnds)
        {
            FinishEpoch(listener);
        }
    }

    private void TrainStep(Pace pace)
    {
        _prefetcher ??= new Prefetcher<T>(_loader, State.Epoch, State.BatchInEpoch);
        int samples = 0;
        double seconds = 0;
        bool updates = false;
        while (!updates)
        {
            long started = Stopwatch.GetTimestamp();
            Batch<T> batch = _prefetcher.Next();
            StepScalars scalars = ScalarsOf(State.Step, State.BatchInEpoch);
            seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            StepWatcher?.Before(Executable, batch, scalars);
            started = Stopwatch.GetTimestamp();
            Executable.Step(batch, scalars);
            seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (StepWatcher is { } watcher)
            {
                // A step that diverged is explained, not compared.
                if (!double.IsFinite(Executable.Read().LossSum))
                {
                    throw _diagnosis.Explain(State.Step);
                }

                watcher.After(Executable, batch, scalars);
            }

            (samples, updates) = (samples + batch.Count, scalars.Updates);
            _updates[_unread++] = updates;
            State = State with { BatchInEpoch = State.BatchInEpoch + 1 };
        }

        pace.Add(samples, seconds);
        State = State with { Step = State.Step + 1, StepSeconds = State.StepSeconds + seconds, Images = State.Images + samples };
        if (_unread + Options.Accumulate > _reports.Length)
        {
            ReadReports(pace);
        }
    }

    /// <summary>Waits for the losses of all steps since the last call: a device that runs ahead of the host is stopped here alone.</summary>
    private void ReadReports(Pace pace)
    {
        long started = Stopwatch.GetTimestamp();
        Executable.Read(_reports.AsSpan(0, _unread));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        pace.Add(0, seconds);
        State = State with { StepSeconds = State.StepSeconds + seconds };
        long step = State.Step - _updates.AsSpan(0, _unread).Count(true);
        StepReport totals = default;
        for (int i = 0; i < _unread; i++)
        {
            totals += _reports[i];
            if (!double.IsFinite(totals.LossSum))
            {
                State = State with { Step = step };
                throw _diagnosis.Explain(step);
            }

            if (_updates[i])
            {
                State = State with { EpochTotals = State.EpochTotals + totals, ReportTotals = State.ReportTotals + totals };
                (totals, step) = (default, step + 1);
            }
        }

        _unread = 0;
    }

    private StepScalars ScalarsOf(long step, int batchInEpoch)
    {
        int first = batchInEpoch / Options.Accumulate * Options.Accumulate;
        int last = Math.Min(first + Options.Accumulate, _loader.BatchesPerEpoch) - 1;
        int samples = Math.Min((last + 1) * Options.Batch, Data.Train.Count) - (first * Options.Batch);
        double rate = _peakRate * Options.Schedule.MultipleAt(step, TotalSteps);
        return new StepScalars(step, rate, Options.Noise, samples, batchInEpoch == first, batchInEpoch == last);
    }

    private void Report(ITrainingListener? listener, Pace pace)
    {
        double ratio = IsoclineDistances().Select(static d => d.Distance.MaxRatio).DefaultIfEmpty(0).Max();
        StepReport totals = State.ReportTotals;
        State = State with { MaxSliceMeanRatio = Math.Max(State.MaxSliceMeanRatio, ratio), ReportTotals = default };
        listener?.OnProgress(new TrainingProgress(State.Step, TotalSteps, State.Epoch, totals.Loss, LastRate(), pace.TakeImagesPerSecond()));
    }

    private void FinishEpoch(ITrainingListener? listener)
    {
        StepReport train = State.EpochTotals;
        if (Options.Recentre)
        {
            Executable.Recentre();
        }

        EpochRecord record = new(
            State.Epoch,
            State.Step,
            train,
            EvaluateFinite(Data.Test),
            EvaluateFinite(Data.Validation),
            LastRate(),
            State.Images / State.StepSeconds,
            State.MaxSliceMeanRatio,
            _settings.RecordMeanShift && listener is not null ? MeasureMeanShift() : []);
        State = State with { Epoch = State.Epoch + 1, BatchInEpoch = 0, EpochTotals = default, LastEpoch = train };
        listener?.OnEpoch(record);
    }

    /// <summary>Offers a checkpoint only where everything is finite: after the last step no loss would show it.</summary>
    private void OfferCheckpoint(ITrainingListener? listener)
    {
        if (!IsFinite())
        {
            throw _diagnosis.Explain(State.Step - 1);
        }

        listener?.OnCheckpointDue();
    }

    /// <summary>Parameters that are finite and far too large may show in the evaluation first.</summary>
    private StepReport? EvaluateFinite(ImageDataset? data)
    {
        if (data is null)
        {
            return null;
        }

        StepReport report = Evaluate(data);
        return double.IsFinite(report.LossSum) ? report : throw _diagnosis.Explain(State.Step - 1, data, Options.Recentre);
    }

    private double LastRate() => ScalarsOf(Math.Max(0, State.Step - 1), 0).LearningRate;

    /// <summary>How far each projected kernel is from the isocline.</summary>
    public IEnumerable<(string Name, IsoclineDistance Distance)> IsoclineDistances()
    {
        foreach (PlanParameter<T> parameter in Executable.Plan.Parameters.Where(static p => p.OnIsocline))
        {
            Span<T> kernel = ReadValue(parameter);
            yield return (parameter.Name, IsoclineDistance.Of<T>(kernel, parameter.Layout.Exchange));
        }
    }

    /// <summary>The mean-shift record on the first images of the training set, as they are.</summary>
    public ImmutableArray<MeanShiftRecord> MeasureMeanShift()
    {
        const int Samples = 64;
        int samples = Math.Min(Samples, Data.Train.Count);
        _meanShift ??= new MeanShiftMeter<T>(
            _backend, Executable, CreatePlan<T>(samples), new BatchLoader<T>(Data.Train, Data.Standardization, new LoaderOptions(samples)));
        return _meanShift.Measure();
    }

    private Span<T> ReadValue(PlanParameter<T> parameter)
    {
        Span<T> values = _parameter.AsSpan(0, (int)parameter.Layout.Exchange.Length);
        Executable.ReadParameter(parameter.Name, ParameterPart.Value, values);
        return values;
    }

    /// <summary>How fast the steps since the last report were, in this sitting.</summary>
    private sealed class Pace
    {
        private double _seconds;
        private long _samples;

        public void Add(int samples, double seconds) => (_samples, _seconds) = (_samples + samples, _seconds + seconds);

        public double TakeImagesPerSecond()
        {
            double speed = _samples / _seconds;
            (_samples, _seconds) = (0, 0);
            return speed;
        }
    }
}
