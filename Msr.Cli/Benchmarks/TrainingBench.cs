using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Execution;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace Msr.Cli.Benchmarks;

/// <summary>Whole training steps of one compiled network on one batch.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class TrainingBench<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A rate that moves parameters by more than rounding does.</summary>
    private const double JudgedRate = 0.05;

    private const int LeastJudged = 2;

    private readonly IBackend<T> _backend;
    private readonly Trainer<T> _trainer;
    private readonly Batch<T> _batch;

    /// <summary>Compiles a network for the first images of a data set.</summary>
    /// <param name="backend">The backend, which must outlive this.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">The network; its batch is at most the data.</param>
    /// <exception cref="UsageException">There is no such network for these images.</exception>
    /// <exception cref="CommandFailedException">The backend cannot run it.</exception>
    public TrainingBench(IBackend<T> backend, TrainingData data, TrainingOptions options)
    {
        try
        {
            _trainer = new Trainer<T>(backend, data, options);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(UsageException.Sentence(error));
        }
        catch (NotSupportedException error)
        {
            throw new CommandFailedException(ExitCode.Missing, error.Message, error);
        }

        _backend = backend;
        _batch = new Batch<T>(_trainer.Executable.Plan.BatchSize, data.Train.Image);
        Fill(data);
        Algorithms = AlgorithmsAt(_batch.Capacity);
    }

    /// <summary>The samples of a step.</summary>
    public int BatchSize => _batch.Capacity;

    /// <summary>The samples on which the step was judged.</summary>
    public int JudgedBatch { get; private set; }

    /// <summary>How its convolutions are computed.</summary>
    public string Algorithms { get; }

    /// <summary>The bytes it holds.</summary>
    public MemoryReport Memory => _trainer.Executable.Memory;

    /// <summary>Random images of 32×32 pixels in colour, of ten classes.</summary>
    /// <param name="count">How many.</param>
    public static TrainingData Synthetic(int count)
    {
        Shape image = new(32, 32, 3);
        RandomStream stream = new RandomStream(1).Split("bench");
        byte[] pixels = new byte[checked((int)(count * image.Length))], labels = new byte[count];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)stream.Word((ulong)i);
        }

        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % 10);
        }

        return TrainingData.Of(new ImageDataset("synthetic", image, 10, pixels, labels));
    }

    /// <summary>
    /// Holds one step of the very executable that is timed against its float64 replay, by the rule of docs/adr/0004, on as few samples as have
    /// the same algorithms.
    /// </summary>
    /// <param name="repeat">The command that repeats it.</param>
    /// <returns>The error that comes closest to what is allowed, as a multiple of that.</returns>
    /// <exception cref="BenchRefusedException">The step is wrong.</exception>
    public double ErrorOverBound(string repeat)
    {
        using ReferenceBackend<float> calibration = new(_backend is IBackend<float> single ? single.AccuracyOf : null);
        using ReferenceBackend<double> truth = new();
        double ratio = double.NaN;
        using ReferenceCheck<T> check = new(_trainer, 1, _backend.Info.Accuracy, calibration, truth, report => ratio = report.Error / report.Allowed);
        _batch.Count = JudgedBatch = SamplesToJudge();
        StepScalars scalars = new(0, JudgedRate, 0, _batch.Count);
        try
        {
            check.Before(_trainer.Executable, _batch, scalars);
            _trainer.Executable.Step(_batch, scalars);
            check.After(_trainer.Executable, _batch, scalars);
        }
        catch (ReferenceCheckException failure)
        {
            throw new BenchRefusedException($"{failure.Message.TrimEnd('.')}. Repeat with: {repeat}");
        }

        _batch.Count = BatchSize;
        return ratio;
    }

    /// <summary>One step: forward, backward, update. The rate is 0, so that every step meets the same numbers, however many there are.</summary>
    public void Step() => _trainer.Executable.Step(_batch, new StepScalars(1, 0, 0, BatchSize));

    /// <inheritdoc/>
    public void Dispose() => _trainer.Dispose();

    private void Fill(TrainingData data)
    {
        for (int i = 0; i < BatchSize; i++)
        {
            ReadOnlySpan<byte> pixels = data.Train.PixelsOf(i);
            Span<T> image = _batch.ImageAt(i);
            for (int p = 0; p < pixels.Length; p++)
            {
                image[p] = T.CreateChecked(data.Standardization.Apply(pixels[p], p % data.Train.Image[2]));
            }

            (_batch.Labels[i], _batch.SampleIndices[i]) = (data.Train.Labels[i], i);
        }
    }

    private int SamplesToJudge()
    {
        int judged = Math.Min(LeastJudged, BatchSize);
        while (judged < BatchSize && AlgorithmsAt(judged) != Algorithms)
        {
            judged = Math.Min(BatchSize, 2 * judged);
        }

        return judged;
    }

    private string AlgorithmsAt(int batch)
    {
        Plan<T> plan = _trainer.CreatePlan<T>(batch);
        IEnumerable<string> names = plan.Forward.Concat(plan.Backward)
            .Where(static op => op is ConvForward<T> or ConvBackwardData<T> or ConvBackwardFilter<T> or MatMul<T>)
            .Select(_backend.AlgorithmOf);
        return string.Join('+', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }
}
