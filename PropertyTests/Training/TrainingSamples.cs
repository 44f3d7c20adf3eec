using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Training;

namespace PropertyTests.Training;

/// <summary>A small training for the tests: 90 images of noise, 6 batches an epoch, 20 of the images as a test set.</summary>
internal static class TrainingSamples
{
    internal static TrainingData Data { get; } = MakeData();

    internal static TrainingOptions Options => new() { Width = 3, Epochs = 3, Batch = 16, Seed = 7 };

    /// <summary>The same checkpoint with something in it replaced.</summary>
    internal static Checkpoint With(
        Checkpoint checkpoint,
        int? batchInEpoch = null,
        string? model = null,
        string? method = null,
        string? config = null,
        TensorSet? parameters = null,
        TensorSet? state = null,
        IReadOnlyDictionary<string, double>? scalars = null) => new()
        {
            Step = checkpoint.Step,
            Epoch = checkpoint.Epoch,
            BatchInEpoch = batchInEpoch ?? checkpoint.BatchInEpoch,
            Seed = checkpoint.Seed,
            Model = model ?? checkpoint.Model,
            Method = method ?? checkpoint.Method,
            Config = config ?? checkpoint.Config,
            Scalars = scalars ?? checkpoint.Scalars,
            Parameters = parameters ?? checkpoint.Parameters,
            OptimizerState = state ?? checkpoint.OptimizerState,
        };

    /// <summary>The checkpoint as a file holds it: what becomes of the training changes nothing in it.</summary>
    internal static Checkpoint Frozen(Checkpoint checkpoint) => CheckpointStore.Load(new MemoryStream(Bytes(checkpoint)), Bytes(checkpoint).Length, "memory");

    internal static byte[] Bytes(Checkpoint checkpoint)
    {
        using MemoryStream stream = new();
        CheckpointStore.Save(stream, checkpoint);
        return stream.ToArray();
    }

    private static TrainingData MakeData()
    {
        Shape image = new(8, 8, 2);
        const int Count = 90;
        RandomStream stream = new(4);
        byte[] pixels = [.. Enumerable.Range(0, Count * 128).Select(i => (byte)stream.Word((ulong)i))];
        byte[] labels = [.. Enumerable.Range(0, Count).Select(i => (byte)stream.Split("labels").Below((ulong)i, 3))];
        ImageDataset train = new("noise", image, 3, pixels, labels);
        return new TrainingData(train, train.Take(20), Standardization.Of(train));
    }
}
