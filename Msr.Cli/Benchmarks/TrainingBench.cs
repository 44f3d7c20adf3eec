using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>Whole training steps of one compiled network on one batch.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class TrainingBench<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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

        Network = options;
        _batch = new Batch<T>(_trainer.Executable.Plan.BatchSize, data.Train.Image);
        Fill(data);
        Algorithms = string.Join('+', AlgorithmsOf(backend, Plan).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>The network.</summary>
    public TrainingOptions Network { get; }

    /// <summary>The shape of a step, for people.</summary>
    public string Shape =>
        $"{string.Join('x', Enumerable.Range(0, 3).Select(axis => Plan.Image[axis]))}{(ModelCatalog.HasConvolutions(Network.Model) ? $", width {Network.Width}" : "")}";

    /// <summary>The samples of a step.</summary>
    public int BatchSize => _batch.Capacity;

    /// <summary>The plan that is compiled.</summary>
    public Plan<T> Plan => _trainer.Executable.Plan;

    /// <summary>How its convolutions are computed.</summary>
    public string Algorithms { get; }

    /// <summary>The bytes it holds.</summary>
    public MemoryReport Memory => _trainer.Executable.Memory;

    /// <summary>Compiles a network for the images that were asked for.</summary>
    /// <param name="bench">What it works with.</param>
    /// <param name="network">The network.</param>
    public static TrainingBench<T> Of(Workbench<T> bench, TrainingOptions network) =>
        new(bench.Backend, Synthetic(network.Batch, bench.Request.Image), network);

    /// <summary>Random square images in colour, of ten classes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="side">Pixels of a side.</param>
    public static TrainingData Synthetic(int count, int side)
    {
        Shape image = new(side, side, 3);
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

    /// <summary>One step: forward, backward, update. The rate is 0, so that every step meets the same numbers, however many there are.</summary>
    public void Step() => StepOn(_trainer.Executable);

    /// <summary>The same step on another executable of the plan.</summary>
    /// <param name="executable">The executable.</param>
    public void StepOn(IExecutable<T> executable) => executable.Step(_batch, new StepScalars(1, 0, 0, BatchSize));

    /// <summary>A forward pass, as an evaluation takes it.</summary>
    public void Forward() => _trainer.Executable.Evaluate(_batch);

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

    private static IEnumerable<string> AlgorithmsOf(IBackend<T> backend, Plan<T> plan) => plan.Forward.Concat(plan.Backward)
        .Where(static op => op is ConvolutionOp<T> or MatMul<T>)
        .Select(backend.AlgorithmOf);
}
