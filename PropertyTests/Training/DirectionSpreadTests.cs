using Msr.Core.Ops;
using Msr.Core.Optimizers;

namespace PropertyTests.Training;

/// <summary>What gradients that are slightly off make of Adam's direction.</summary>
public sealed class DirectionSpreadTests
{
    private static readonly AdamSettings Settings = new();

    [Fact]
    public void In_the_first_step_a_gradient_within_its_error_of_0_may_turn()
    {
        // d = g/(|g| + ε): from 1e-6 to −1e-6 nearly 2, and well away from 0 nothing.
        Assert.Equal(1.98, DirectionSpread.Norm(Settings, 0, [0], [0], [1e-7], 2e-6), 2);
        Assert.InRange(DirectionSpread.Norm(Settings, 0, [0], [0], [0.1], 2e-6), 0, 1e-9);
    }

    [Fact]
    public void Where_nothing_reaches_a_parameter_nothing_is_allowed() => Assert.Equal(0, DirectionSpread.Norm(Settings, 0, [0, 0], [0, 0], [0, 0], 1));

    [Fact]
    public void A_second_moment_that_has_grown_holds_the_direction()
    {
        double young = DirectionSpread.Norm(Settings, 1, [0], [1e-12], [1e-9], 1e-8), old = DirectionSpread.Norm(Settings, 1000, [0], [1], [1e-9], 1e-8);
        Assert.True(old < young / 1e4, $"{old:R} against {young:R}");
    }

    [Fact]
    public void Moments_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => DirectionSpread.Norm(Settings, 0, [0], [0, 0], [0], 1));
}
