using Msr.Conformance.Faults;
using Msr.Conformance.Plans;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Oracle;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Training;

/// <summary>A backend that is right but for one op in one step is found out in that step, and the tensor is named.</summary>
public sealed class StepOracleTests
{
    private const int FaultyStep = 2;
    private const string Faulty = "stage2.block1.body.conv1.weight";

    /// <summary>Batch norm has no filter scales, so the op writes the very gradient that is compared; no clip hands its error to others.</summary>
    private static TrainingOptions BatchNorm => TrainingSamples.Options with { Method = "bn", ClipNorm = 0, Epochs = 1 };

    [Fact]
    public void A_sound_backend_passes_every_step()
    {
        List<StepCheckReport> reports = Train(BatchNorm, static (_, _) => static () => { });
        Assert.Equal(6, reports.Count);
        Assert.All(reports, static report => Assert.True(report.Passed));
    }

    /// <summary>Adam's direction is nearly a sign in its first steps, where rounding may turn an element.</summary>
    [Theory]
    [InlineData("msr", 7)]
    [InlineData("none", 8)]
    [InlineData("bn", 9)]
    public void A_sound_backend_passes_every_step_along_the_direction_of_Adam(string method, ulong seed)
    {
        TrainingOptions options = TrainingSamples.Options with { Optimizer = OptimizerKind.AdamW, Method = method, Epochs = 1, Seed = seed };
        List<StepCheckReport> reports = Train(options, static (_, _) => static () => { });
        Assert.Equal(6, reports.Count);
        Assert.All(reports, static report => Assert.True(report.Passed));
    }

    [Fact]
    public void With_Adam_a_filter_gradient_that_is_a_thousandth_too_large_is_named()
    {
        TrainingOptions options = BatchNorm with { Optimizer = OptimizerKind.AdamW };
        StepCheckException error = Assert.Throws<StepCheckException>(() => Train(options, static (backend, op) => () =>
            Rewrite(backend, op, static gradient => Array.ConvertAll(gradient, static g => 1.001f * g))));
        Assert.Equal(FaultyStep, error.Report.Step);
        Assert.Contains($"'{Faulty}' differs from the reference", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_gradient_that_is_a_thousandth_too_large_is_named() => AssertNamed(static (backend, op) => () =>
        Rewrite(backend, op, static gradient => Array.ConvertAll(gradient, static g => 1.001f * g)));

    [Fact]
    public void One_stale_element_is_named() => AssertNamed(static (backend, op) =>
    {
        float[] before = new float[op.Dw.Length];
        backend.Download(op.Dw, before);
        return () => Rewrite(backend, op, gradient =>
        {
            int largest = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            gradient[largest] = before[largest];
            return gradient;
        });
    });

    [Fact]
    public void A_gradient_that_is_no_number_is_named() => AssertNamed(static (backend, op) => () => Rewrite(backend, op, static gradient =>
    {
        gradient[5] = float.NaN;
        return gradient;
    }));

    /// <summary>Sixteen channels: most convolutions are transformed, and gradients off by no more than 1/16 stay undecided.</summary>
    [Fact]
    public void A_sound_backend_that_transforms_convolutions_passes_every_step()
    {
        List<StepCheckReport> reports = Train(BatchNorm with { Width = 16 }, static (_, _) => static () => { });
        Assert.Equal(6, reports.Count);
        Assert.All(reports, static report => Assert.True(report.Passed));
    }

    [Fact]
    public void Where_convolutions_are_transformed_a_gradient_that_is_a_tenth_too_large_is_named()
    {
        StepCheckException error = Assert.Throws<StepCheckException>(() => Train(BatchNorm with { Width = 16 }, static (backend, op) => () =>
            Rewrite(backend, op, static gradient => Array.ConvertAll(gradient, static g => 1.1f * g))));
        Assert.Equal(FaultyStep, error.Report.Step);
        Assert.Contains($"'{Faulty}' differs from the reference", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The loops add in another order, so an error of exactly 0 in every step would say that the oracle was compared with itself.</summary>
    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void The_oracle_is_not_judged_by_itself(OptimizerKind optimizer)
    {
        using OracleBackend<double> oracle = new();
        List<StepCheckReport> reports = Checked(oracle, TrainingSamples.Options with { Optimizer = optimizer, Epochs = 1 });
        Assert.Equal(6, reports.Count);
        Assert.Contains(reports, static report => report.Error > 0);
        Assert.All(reports, static report => Assert.True(report.Passed));
    }

    /// <summary>Backends that a sound training may run on: none gives a false alarm, noise on.</summary>
    [Theory]
    [InlineData("cpu", "msr", OptimizerKind.Sgd)]
    [InlineData("cpu", "bn", OptimizerKind.AdamW)]
    [InlineData("cuda-emulated", "msr", OptimizerKind.Sgd)]
    [InlineData("cuda-emulated", "bn", OptimizerKind.AdamW)]
    public void A_sound_backend_passes_with_noise(string name, string method, OptimizerKind optimizer)
    {
        using IBackend<float> backend = name == "cpu"
            ? new CpuBackend<float>(2)
            : new CudaBackend(new EmulatedCuda(new EmulationOptions { RecordCalls = false }).Libraries, new CudaOptions());
        TrainingOptions options = TrainingSamples.Options with { Method = method, Optimizer = optimizer, Noise = 0.1, Epochs = name == "cpu" ? 4 : 1 };
        List<StepCheckReport> reports = Checked(backend, options);
        Assert.Equal(6 * options.Epochs, reports.Count);
        Assert.All(reports, static report => Assert.True(report.Passed));
    }

    /// <summary>Bugs of the catalogue, planted in a backend that trains: the first step that they change is told, and a quantity that they spoil.</summary>
    [Theory]
    [InlineData("projection-skipped", OptimizerKind.Sgd, 0, ".weight'")]
    [InlineData("momentum-not-stored", OptimizerKind.Sgd, 0, "the momentum of '")]
    [InlineData("bias-gradient-misses-a-row", OptimizerKind.Sgd, 0, ".bias'")]
    [InlineData("flipped-kernel", OptimizerKind.Sgd, 0, "the gradient of '")]
    [InlineData("noise-ignores-step", OptimizerKind.Sgd, 1, "differs from the reference")]
    [InlineData("gradients-not-cleared", OptimizerKind.Sgd, 1, "differs from the reference")]
    [InlineData("adam-second-moment-not-stored", OptimizerKind.AdamW, 0, "the second moment of '")]
    [InlineData("adam-corrections-exchanged", OptimizerKind.AdamW, 0, "differs from the reference")]
    public void A_bug_of_the_catalogue_is_found_in_its_first_step(string fault, OptimizerKind optimizer, long step, string named)
    {
        using FaultyBackend<float> backend = new(new CpuBackend<float>(1), FaultCatalog.Find(fault)!);
        TrainingOptions options = TrainingSamples.Options with { Optimizer = optimizer, Noise = 0.1, Epochs = 1 };
        StepCheckException error = Assert.Throws<StepCheckException>(() => Checked(backend, options));
        Assert.Equal(step, error.Report.Step);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static List<StepCheckReport> Checked<T>(IBackend<T> backend, TrainingOptions options)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        List<StepCheckReport> reports = [];
        using Trainer<T> trainer = new(backend, TrainingSamples.Data, options);
        using StepOracle<T> check = new(trainer, backend, 1, reports.Add);
        trainer.StepWatcher = check;
        trainer.Run();
        return reports;
    }

    private static void AssertNamed(Func<IBackend<float>, ConvBackwardFilter<float>, Action> fault)
    {
        StepCheckException error = Assert.Throws<StepCheckException>(() => Train(BatchNorm, fault));
        Assert.Equal(FaultyStep, error.Report.Step);
        Assert.False(error.Report.Passed);
        Assert.Contains($"'{Faulty}' differs from the reference", error.Message, StringComparison.Ordinal);
    }

    private static void Rewrite(IBackend<float> backend, ConvBackwardFilter<float> op, Func<float[], float[]> change)
    {
        float[] gradient = new float[op.Dw.Length];
        backend.Download(op.Dw, gradient);
        backend.Upload<float>(change(gradient), op.Dw);
    }

    private static List<StepCheckReport> Train(TrainingOptions options, Func<IBackend<float>, ConvBackwardFilter<float>, Action> fault)
    {
        List<StepCheckReport> reports = [];
        using CpuBackend<float> sound = new(1);
        using WatchedBackend backend = new(sound);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, options);
        using StepOracle<float> check = new(trainer, backend, 1, reports.Add);
        int step = 0;
        backend.Meddle = op => op is ConvBackwardFilter<float> { Geometry.R: 3 } filter && filter.Geometry.C == options.Width && filter.Geometry.K == 2 * options.Width
            && step++ == FaultyStep ? fault(sound, filter) : null;
        trainer.StepWatcher = check;
        trainer.Run();
        return reports;
    }
}
