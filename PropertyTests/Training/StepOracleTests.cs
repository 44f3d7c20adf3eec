using Msr.Conformance.Plans;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Training;
using Msr.Cpu;

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
