using Msr.Core.Training;

namespace PropertyTests.Training;

/// <summary>The learning rate over a training, by the formula of each kind.</summary>
public sealed class ScheduleTests
{
    private const int Steps = 40;

    private static readonly Dictionary<ScheduleKind, Func<double, double, double>> Formulas = new()
    {
        [ScheduleKind.Constant] = static (_, _) => 1,
        [ScheduleKind.OneCycle] = static (position, warmup) => (1 - position) / (1 - warmup),
        [ScheduleKind.Cosine] = static (position, warmup) => (1 + Math.Cos(Math.PI * (position - warmup) / (1 - warmup))) / 2,
        [ScheduleKind.Step] = static (position, _) => position < 0.5 ? 1 : position < 0.75 ? 0.1 : 0.01,
    };

    [Theory]
    [InlineData(ScheduleKind.Constant, 0)]
    [InlineData(ScheduleKind.Constant, 0.25)]
    [InlineData(ScheduleKind.OneCycle, 0)]
    [InlineData(ScheduleKind.OneCycle, 0.2)]
    [InlineData(ScheduleKind.Cosine, 0)]
    [InlineData(ScheduleKind.Cosine, 0.1)]
    [InlineData(ScheduleKind.Step, 0)]
    [InlineData(ScheduleKind.Step, 0.25)]
    public void The_rate_rises_in_a_line_and_then_follows_its_kind(ScheduleKind kind, double warmup)
    {
        Schedule schedule = new(kind, warmup);
        for (int step = 0; step < Steps; step++)
        {
            // A step stands for the middle of its share.
            double position = (step + 0.5) / Steps;
            double expected = position < warmup ? position / warmup : Formulas[kind](position, warmup);
            Assert.Equal(expected, schedule.MultipleAt(step, Steps), 1e-15);
        }
    }

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
