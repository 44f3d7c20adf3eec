using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

/// <summary>Law 7: resume(k) + m steps = k + m steps, bit for bit; and no number of threads changes a bit.</summary>
public sealed class ResumeTests
{
    public static TheoryData<string> Recipes => [.. Options.Keys];

    private static Dictionary<string, TrainingOptions> Options { get; } = new(StringComparer.Ordinal)
    {
        ["msr"] = Base,
        ["msr with noise, flips and crops"] = Base with { Noise = 0.1, Flip = true, Crop = 1 },
        ["msr with accumulation and Nesterov"] = Base with { Accumulate = 3, Batch = 8, Nesterov = true, WeightDecay = 1e-4 },
        ["AdamW with accumulation, noise and decay"] = Base with { Optimizer = OptimizerKind.AdamW, Accumulate = 3, Batch = 8, Noise = 0.1, WeightDecay = 0.01 },
        ["batch norm"] = Base with { Method = "bn", Noise = 0.1, NoiseDistribution = NoiseDistribution.Gaussian },
        ["no isocline, no clip"] = Base with { Method = "none", ClipNorm = 0, LabelSmoothing = 0.1 },
    };

    private static TrainingData Data => TrainingSamples.Data;

    private static TrainingOptions Base => TrainingSamples.Options;

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Stopping_anywhere_and_resuming_ends_at_the_same_bits(string recipe)
    {
        TrainingOptions options = Options[recipe];
        byte[] unbroken = Train(options, threads: 2, stops: []);
        RandomStream stream = new RandomStream(99).Split(recipe);
        for (ulong round = 0; round < 4; round++)
        {
            int[] stops = [1 + stream.Below(2 * round, 4), 6 + stream.Below((2 * round) + 1, 6)];
            Assert.Equal(unbroken, Train(options, threads: 1 + (int)round, stops));
        }
    }

    [Fact]
    public void Training_gives_the_same_bits_with_one_to_five_threads()
    {
        TrainingOptions options = Base with { Width = 8, Epochs = 1, Noise = 0.1 };
        byte[] one = Train(options, 1, []);
        for (int threads = 2; threads <= 5; threads++)
        {
            Assert.Equal(one, Train(options, threads, []));
        }
    }

    [Fact]
    public void Another_seed_ends_at_other_bits() => Assert.NotEqual(Train(Base, 2, []), Train(Base with { Seed = 8 }, 2, []));

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_by_name()
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> small = new(backend, Data, Base);
        using Trainer<float> large = new(backend, Data, Base with { Width = 4 });
        MemoryStream file = new();
        CheckpointStore.Save(file, small.ToCheckpoint());
        file.Position = 0;
        CheckpointException error = Assert.Throws<CheckpointException>(() => large.Resume(CheckpointStore.Load(file, file.Length, "small.safetensors")));
        Assert.Equal(CheckpointFault.Mismatch, error.Fault);
        Assert.Contains("stem.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using CpuBackend<float> backend = new(2);
        using Trainer<float> trainer = new(backend, Data, Base with { Noise = 0.1, Flip = true, Crop = 1 });
        BatchLoader<float> loader = new(Data.Train, Data.Standardization, new LoaderOptions(16) { Shuffle = true, Augmentation = new(true, 1) });
        using Prefetcher<float> prefetcher = new(loader);
        long least = long.MaxValue;
        for (int step = 0; step < 400; step++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            trainer.Executable.Step(prefetcher.Next(), new StepScalars(step, 0.1, 0.1, 16));
            trainer.Executable.Read();
            least = step < 50 ? least : Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The test host itself allocates now and then; one step in 350 without a byte shows that a step needs none.
        Assert.Equal(0, least);
    }

    private static byte[] Train(TrainingOptions options, int threads, int[] stops)
    {
        byte[]? saved = null;
        foreach (int stop in (int[])[.. stops, int.MaxValue])
        {
            using CpuBackend<float> backend = new(threads);
            using Trainer<float> trainer = new(backend, Data, options, new TrainerSettings { LogEvery = 1 });
            if (saved is not null)
            {
                trainer.Resume(CheckpointStore.Load(new MemoryStream(saved), saved.Length, "memory"));
            }

            using CancellationTokenSource source = new();
            trainer.Run(new StopAfter(stop, source), source.Token);
            saved = TrainingSamples.Bytes(WithoutClock(trainer.ToCheckpoint()));
        }

        return saved!;
    }

    /// <summary>The time a run took is the one thing that may differ.</summary>
    private static Checkpoint WithoutClock(Checkpoint checkpoint) => TrainingSamples.With(
        checkpoint, scalars: checkpoint.Scalars.Where(static s => !s.Key.EndsWith("econds", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal));

    private sealed class StopAfter(int step, CancellationTokenSource source) : ITrainingListener
    {
        public void OnProgress(TrainingProgress progress)
        {
            if (progress.Step >= step)
            {
                source.Cancel();
            }
        }

        public void OnEpoch(EpochRecord record)
        {
        }
    }
}
