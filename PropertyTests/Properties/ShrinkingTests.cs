using FsCheck;
using Msr.Core.Checkpoints;
using Msr.Core.Numerics;
using Msr.Core.Training;

namespace PropertyTests.Properties;

/// <summary>What wrong claims shrink to: the smallest value that refutes them.</summary>
public sealed class ShrinkingTests
{
    [Fact]
    public void A_geometry_shrinks_to_the_taps_that_matter() =>
        Assert.Equal(new ConvGeometry(2, 1, 1, 1, 2, 1), Smallest(static g => Assert.Equal(1, g.R), Arbitraries.Geometries()));

    [Fact]
    public void A_convolution_shrinks_to_one_element() =>
        Assert.Equal(1, Smallest(static given => Assert.Null(given), Arbitraries.Convolutions()).Case.Parameters["batch"]);

    [Fact]
    public void A_schedule_shrinks_to_the_step_that_matters()
    {
        Course smallest = Smallest(static course => Assert.True(course.Rates[^1] > 0.5), Arbitraries.Courses());
        Assert.Equal((0, 0), (smallest.Schedule.Warmup, smallest.Schedule.Kind == ScheduleKind.Step ? smallest.Schedule.Milestones.Count - 1 : 0));
        Assert.InRange(smallest.Steps, 1, 4);
    }

    [Fact]
    public void A_checkpoint_shrinks_to_one_tensor()
    {
        Checkpoint smallest = Smallest(static checkpoint => Assert.Empty(checkpoint.OptimizerState), Arbitraries.Checkpoints());
        Assert.Equal((0, 1), (smallest.Parameters.Count, smallest.OptimizerState.Count));
    }

    [Fact]
    public void An_order_shrinks_to_two_samples()
    {
        VisitingOrder smallest = Smallest(static order => Assert.Equal(1, order.Count), Arbitraries.Orders());
        Assert.Equal((2, 0), (smallest.Count, smallest.Epoch));
    }

    [Fact]
    public void Images_shrink_to_one_pixel()
    {
        AugmentedImages smallest = Smallest(static images => Assert.False(images.Augmentation.Flip), Arbitraries.Images());
        Assert.Equal((1, 1, 1, 0), (smallest.Height, smallest.Width, smallest.Channels, smallest.Augmentation.CropPadding));
    }

    private static T Smallest<T>(Action<T> wrong, Arbitrary<T> values) => Counterexample<T>.Against(wrong, values).Shrunk;
}
