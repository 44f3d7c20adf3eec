using Msr.Core.Backends;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Oracle;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Training;

/// <summary>Losses are read every few steps, not every step: figures stay the same, a device may run ahead, and nothing that diverged is saved.</summary>
public sealed class LossReadingTests
{
    private const int Samples = 4;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    [InlineData(1, 1000)]
    [InlineData(2, 2)]
    [InlineData(2, 5)]
    [InlineData(4, 3)]
    public void However_seldom_losses_are_read_every_figure_is_the_same(int accumulate, int interval)
    {
        TrainingOptions options = TrainingSamples.Options with { Accumulate = accumulate };
        (EpochRecord[] expected, byte[] bits) = Train(options, 1);
        (EpochRecord[] records, byte[] end) = Train(options, interval);
        Assert.Equal(expected, records);
        Assert.Equal(bits, end);
    }

    [Fact]
    public void A_device_runs_ahead_until_losses_are_read()
    {
        using EmulatedCuda cuda = new(new EmulationOptions { RecordCalls = true, DelaysWork = true });
        using CudaBackend backend = new(cuda.Libraries, new CudaOptions());
        using IExecutable<float> ahead = Open(backend, kept: 3), eager = Open(backend, kept: 1);
        StepReport[] one = new StepReport[3], all = new StepReport[3];
        for (int round = 0; round < 2; round++)
        {
            for (int step = 0; step < 3; step++)
            {
                eager.Step(Batch(step), Scalars(step));
                one[step] = eager.Read();
            }

            int before = Waits(cuda);
            for (int step = 0; step < 3; step++)
            {
                ahead.Step(Batch(step), Scalars(step));
            }

            Assert.Equal(before, Waits(cuda));
            ahead.Read(all);
            Assert.Equal(before + 1, Waits(cuda));
            Assert.Equal(one, all);
        }
    }

    public static TheoryData<string> Executables => ["micro-batches", "interpreter", "cuda"];

    [Theory]
    [MemberData(nameof(Executables))]
    public void The_last_reports_are_kept_and_no_more(string name)
    {
        using IDisposable backend = name switch
        {
            "micro-batches" => new CpuBackend<float>(1, microBatch: 2),
            "interpreter" => new OracleBackend<float>(),
            _ => new CudaBackend(new EmulatedCuda(new EmulationOptions()).Libraries, new CudaOptions()),
        };
        using IExecutable<float> executable = Open((IBackend<float>)backend, kept: 3);
        Assert.Equal(3, executable.KeptReports);
        Assert.Throws<ArgumentOutOfRangeException>(() => executable.Read());
        List<StepReport> reports = [];
        for (int step = 0; step < 5; step++)
        {
            executable.Step(Batch(step), Scalars(step));
            reports.Add(executable.Read());
        }

        StepReport[] last = new StepReport[3];
        executable.Read(last);
        Assert.Equal(reports.TakeLast(3), last);
        Assert.Equal(5, reports.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => executable.Read(new StepReport[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompileOptions { KeptReports = 0 });
    }

    [Fact]
    public void An_optimizer_state_that_is_not_finite_is_not_saved_though_parameters_are()
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, TrainingSamples.Options with { Epochs = 1 });
        Assert.True(trainer.IsFinite());
        PlanParameter<float> parameter = trainer.Executable.Plan.Parameters.First(static p => p.Tensor(Sgd.MomentumBuffer) is not null);
        float[] momentum = new float[parameter.Layout.Exchange.Length];
        momentum[^1] = float.PositiveInfinity;
        trainer.Executable.WriteParameter(parameter.Name, Sgd.MomentumBuffer, momentum);
        Assert.False(trainer.IsFinite());
    }

    private static (EpochRecord[] Records, byte[] Bits) Train(TrainingOptions options, int interval)
    {
        using CpuBackend<float> backend = new(2);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, options, new TrainerSettings { LogEvery = interval });
        Recorder recorder = new();
        Assert.True(trainer.Run(recorder));

        // Reports are as far apart as asked for: what is measured at them, and the clock, may differ.
        EpochRecord[] records = [.. recorder.Records.Select(static record => record with { ImagesPerSecond = 0, MaxSliceMeanRatio = 0, MeanShift = [] })];
        float[] parameters = [.. trainer.Executable.Plan.Parameters.SelectMany(parameter =>
        {
            float[] values = new float[parameter.Layout.Exchange.Length];
            trainer.Executable.ReadParameter(parameter.Name, ParameterPart.Value, values);
            return values;
        })];
        return (records, [.. parameters.SelectMany(BitConverter.GetBytes)]);
    }

    private static int Waits(EmulatedCuda cuda) => cuda.Calls.Count(static call => call.Contains("Synchronize", StringComparison.Ordinal));

    private static IExecutable<float> Open(IBackend<float> backend, int kept)
    {
        Msr.Core.Layers.Network network = ModelCatalog.Create("resnet8", new Shape(6, 6, 2), 3, new ModelOptions { Width = 2 });
        IExecutable<float> executable = backend.Compile(
            TrainingPlan.Of<float>(network, new UpdateRule(), new PlanSettings(Samples)), new CompileOptions { KeptReports = kept });
        NetworkParameters.Initialize(executable, 5);
        return executable;
    }

    private static StepScalars Scalars(int step) => new(step, 0.1, 0, Samples);

    private static Batch<float> Batch(int step) =>
        NetworkUnderTest<float>.Images(ModelCatalog.Create("resnet8", new Shape(6, 6, 2), 3, new ModelOptions { Width = 2 }), Samples, (ulong)step);

    private sealed class Recorder : ITrainingListener
    {
        public List<EpochRecord> Records { get; } = [];

        public void OnProgress(TrainingProgress progress)
        {
        }

        public void OnEpoch(EpochRecord record) => Records.Add(record);
    }
}
