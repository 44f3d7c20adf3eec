using Msr.Core.Training;

namespace PropertyTests.Training;

/// <summary>The learning rate over a training beside its properties, <see cref="Properties.ScheduleProperties"/>.</summary>
public sealed class ScheduleTests
{
    private const int Steps = 40;

    [Fact]
    public void Milestones_and_factor_are_those_asked_for()
    {
        Schedule schedule = new(ScheduleKind.Step) { Milestones = [0.2, 0.4, 0.6], Factor = 0.5 };
        double[] rates = [.. Enumerable.Range(0, 10).Select(step => schedule.MultipleAt(step, 10))];
        Assert.Equal([1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125], rates);
    }

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Step)]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.OneCycle)]
    public void Asking_for_the_rate_allocates_nothing(ScheduleKind kind)
    {
        Schedule schedule = new(kind, 0.2);
        double sum = schedule.MultipleAt(0, Steps);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < Steps; step++)
        {
            sum += schedule.MultipleAt(step, Steps);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }
}
