using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>The two quantities that runs report, on numbers that can be worked out by hand.</summary>
public sealed class MeanShiftTests
{
    [Fact]
    public void The_mean_shift_of_two_channels_is_what_a_hand_works_out()
    {
        using ReferenceBackend<double> backend = new();
        Network network = new("test", new Shape(2, 2, 1), 2, new Sequence(new Convolution(2, 1), new Linear(2)));
        Plan<double> plan = TrainingPlan.Of<double>(network, new UpdateRule(), new PlanSettings(2));
        MeanShiftObserver<double> observer = new(plan);
        using Interpreter<double> executable = new(backend, plan, CompileOptions.ForEvaluation, observer);
        NetworkParameters.Initialize(executable, 1);
        executable.WriteParameter("conv1.weight", ParameterPart.Value, [2.0, 0]);
        Batch<double> batch = new(2, plan.Image);
        ((double[])[1, 2, 3, 4, -1, 0, 1, 2]).CopyTo(batch.Images, 0);
        executable.Evaluate(batch);

        // The first channel is twice the images: squares 4·(1 + 4 + 9 + 16 + 1 + 0 + 1 + 4), mean 2·12/8. The second is dead.
        MeanShiftRecord record = Assert.Single(observer.Take());
        Assert.Equal(("conv1", "Branch", 0.5), (record.Layer, record.Place, record.DeadChannels));
        Assert.Equal(Math.Sqrt(144.0 / 16), record.Rms, 1e-15);
        Assert.Equal(9.0 / 2 / (144.0 / 16), record.CommonModeShare, 1e-15);
        Assert.Empty(observer.Take());

        executable.WriteParameter("conv1.weight", ParameterPart.Value, [0.0, 0]);
        executable.Evaluate(batch);
        record = Assert.Single(observer.Take());
        Assert.Equal((0.0, 0.0, 1.0), (record.Rms, record.CommonModeShare, record.DeadChannels));
    }

    [Fact]
    public void The_distance_from_the_isocline_of_two_slices_is_what_a_hand_works_out()
    {
        IsoclineDistance distance = IsoclineDistance.Of<float>([1, 3, -1, 1], new Shape(1, 2, 1, 2));
        Assert.Equal(2, distance.MaxSliceMean);
        Assert.Equal(Math.Sqrt(2), distance.RmsSliceMean, 1e-15);
        Assert.Equal(Math.Sqrt(3), distance.Rms, 1e-15);
        Assert.Equal(2 / Math.Sqrt(3), distance.MaxRatio, 1e-15);
        Assert.Equal(Math.Sqrt(2.0 / 3), distance.RmsRatio, 1e-15);

        // |1 + 3| over two taps times 2⁻²⁴ times (1 + 3).
        Assert.Equal(1 << 23, distance.MaxDrift);
        Assert.Equal(new IsoclineDistance(0, 0, 0, 0), IsoclineDistance.Of<double>(new double[4], new Shape(2, 1, 1, 2)));
        Assert.Equal(0, new IsoclineDistance(0, 0, 0, 0).MaxRatio);
    }
}
