using System.Text.Json.Serialization;

namespace Msr.Core.Training;

/// <summary>How the learning rate runs over a training, as a multiple of its peak; preceded by a linear warm-up.</summary>
/// <param name="Kind">The form after the warm-up.</param>
/// <param name="Warmup">The share of all steps that the rate takes to rise linearly to its peak, from 0 to below 1.</param>
public sealed record Schedule(ScheduleKind Kind, double Warmup = 0)
{
    /// <summary>For <see cref="ScheduleKind.Step"/>: the shares of all steps after which the rate falls.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = [0.5, 0.75];

    /// <summary>For <see cref="ScheduleKind.Step"/>: what the rate is multiplied by at every milestone.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Linear one-cycle with 20 % warm-up: the default of the method.</summary>
    [JsonIgnore]
    public static Schedule OneCycle { get; } = new(ScheduleKind.OneCycle, 0.2);

    /// <summary>The multiple of the peak rate at a step, in (0, 1].</summary>
    /// <param name="step">The index of the step, from 0.</param>
    /// <param name="steps">The number of steps of the whole training.</param>
    public double MultipleAt(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        double position = (step + 0.5) / Math.Max(steps, step + 1);
        if (position < Warmup)
        {
            return position / Warmup;
        }

        double rest = (position - Warmup) / (1 - Warmup);
        return Kind switch
        {
            ScheduleKind.OneCycle => 1 - rest,
            ScheduleKind.Cosine => 0.5 * (1 + Math.Cos(Math.PI * rest)),
            ScheduleKind.Step => FallenAt(position),
            _ => 1,
        };
    }

    // By index: a closure or an enumerator would be allocated in every step.
    private double FallenAt(double position)
    {
        int passed = 0;
        for (int i = 0; i < Milestones.Count; i++)
        {
            passed += position >= Milestones[i] ? 1 : 0;
        }

        return Math.Pow(Factor, passed);
    }
}

/// <summary>The form of a schedule after its warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>The peak rate throughout.</summary>
    Constant,

    /// <summary>The rate falls by a factor at every milestone.</summary>
    Step,

    /// <summary>Half a cosine from the peak to 0.</summary>
    Cosine,

    /// <summary>A straight line from the peak to 0.</summary>
    OneCycle,
}
