using System.Numerics;

namespace Msr.Core.Backends;

/// <summary>The loss and the correct count of a step or an evaluation.</summary>
/// <param name="LossSum">The sum of the samples' losses, added on the host in float64, in sample order.</param>
/// <param name="Correct">The number of samples whose largest logit is their label's.</param>
/// <param name="Samples">The number of samples.</param>
public readonly record struct StepReport(double LossSum, int Correct, int Samples)
{
    /// <summary>The mean loss.</summary>
    public double Loss => LossSum / Samples;

    /// <summary>The share of correct samples, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Samples;

    /// <summary>Both reports together.</summary>
    /// <param name="left">A report.</param>
    /// <param name="right">Another report.</param>
    public static StepReport operator +(StepReport left, StepReport right) => Add(left, right);

    /// <summary>The report of a batch.</summary>
    /// <typeparam name="T">The element type of the losses.</typeparam>
    /// <param name="losses">The loss of each sample.</param>
    /// <param name="correct">The number of correct samples.</param>
    public static StepReport Of<T>(ReadOnlySpan<T> losses, int correct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        foreach (T loss in losses)
        {
            sum += double.CreateChecked(loss);
        }

        return new StepReport(sum, correct, losses.Length);
    }

    /// <summary>Both reports together.</summary>
    /// <param name="left">A report.</param>
    /// <param name="right">Another report.</param>
    public static StepReport Add(StepReport left, StepReport right) =>
        new(left.LossSum + right.LossSum, left.Correct + right.Correct, left.Samples + right.Samples);
}

/// <summary>The reports of the last batches, on the host.</summary>
/// <param name="kept">How many are kept.</param>
public sealed class ReportRing(int kept)
{
    private readonly StepReport[] _reports = new StepReport[kept];
    private long _added;

    /// <summary>How many are kept.</summary>
    public int Kept => _reports.Length;

    /// <summary>Adds the report of a batch, in place of the oldest.</summary>
    /// <param name="report">The report.</param>
    public void Add(StepReport report) => _reports[_added++ % Kept] = report;

    /// <summary>The last reports, the oldest first.</summary>
    /// <param name="reports">Room for as many as are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many are not kept.</exception>
    public void Read(Span<StepReport> reports)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reports.Length, Math.Min(Kept, _added));
        for (int i = 0; i < reports.Length; i++)
        {
            reports[i] = _reports[(_added - reports.Length + i) % Kept];
        }
    }
}

/// <summary>Reading one report.</summary>
public static class Reports
{
    /// <summary>Loss and correct count of the last batch. Waits.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    public static StepReport Read<T>(this IExecutable<T> executable)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        StepReport report = default;
        executable.Read(new Span<StepReport>(ref report));
        return report;
    }
}
