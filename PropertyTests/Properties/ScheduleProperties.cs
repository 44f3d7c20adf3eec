using Msr.Core.Training;

namespace PropertyTests.Properties;

/// <summary>The learning rate over a training, whatever its kind, warm-up, milestones and length.</summary>
public sealed class ScheduleProperties
{
    private static readonly Dictionary<ScheduleKind, Func<Schedule, double, double>> s_formulas = new()
    {
        [ScheduleKind.Constant] = static (_, _) => 1,
        [ScheduleKind.OneCycle] = static (schedule, position) => (1 - position) / (1 - schedule.Warmup),
        [ScheduleKind.Cosine] = static (schedule, position) => (1 + Math.Cos(Math.PI * (position - schedule.Warmup) / (1 - schedule.Warmup))) / 2,
        [ScheduleKind.Step] = static (schedule, position) => schedule.Milestones.Where(milestone => position >= milestone).Aggregate(1.0, (rate, _) => rate * schedule.Factor),
    };

    [LawProperty]
    public void The_rate_rises_in_a_line_and_then_follows_the_formula_of_its_kind(Course course)
    {
        for (int step = 0; step < course.Steps; step++)
        {
            double position = course.PositionOf(step), warmup = course.Schedule.Warmup;
            double expected = position < warmup ? position / warmup : s_formulas[course.Schedule.Kind](course.Schedule, position);
            Assert.Equal(expected, course.Rates[step], 1e-14);
        }
    }

    [LawProperty]
    public void The_rate_never_exceeds_its_peak_and_never_reaches_zero(Course course) => Assert.All(course.Rates, static rate => Assert.True(rate is > 0 and <= 1));

    [LawProperty]
    public void The_rate_never_rises_after_the_warmup(Course course)
    {
        double[] after = [.. course.Rates.Where((_, step) => course.PositionOf(step) >= course.Schedule.Warmup)];
        Assert.All(after.Zip(after.Skip(1)), static pair => Assert.True(pair.Second <= pair.First));
    }
}
