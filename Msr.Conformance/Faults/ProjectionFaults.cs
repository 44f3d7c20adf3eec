using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>The rule of the method applied wrongly, or not at all.</summary>
internal static class ProjectionFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new OtherMean("projection-over-channels", "the mean is taken over the channels of a tap instead of over the taps of a slice", static (_, inner) => (1, inner)),
        new OtherMean("projection-over-filter", "the mean is taken over a whole filter instead of over each slice", static (taps, inner) => (taps, inner)),
        new OtherLambda("projection-lambda-0.99", "λ is 0.99 where it should be 1: the projection decays a mean instead of taking it away", static lambda => lambda * 0.99),
        new OtherLambda("projection-skipped", "the projection does nothing", static _ => 0),
        new ChangedOutput(
            "projection-misses-a-tap",
            "the last tap keeps the mean that is taken from the others",
            static (before, operand, values) => KeepLastTap(before(operand.Name), operand, values),
            IsoclineProject<double>.Kind),
    ];

    private static void KeepLastTap(double[] before, Operand operand, double[] values)
    {
        (int taps, int inner) = (operand.Shape[1], operand.Shape[2]);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i / inner % taps == taps - 1 ? before[i] : values[i];
        }
    }

    /// <summary>Takes off the mean of blocks of so many taps and channels.</summary>
    private sealed class OtherMean(string name, string defect, Func<int, int, (int Taps, int Inner)> block) : Fault(name, defect, IsoclineProject<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            IsoclineProject<T> op = (IsoclineProject<T>)run.Op;
            (int taps, int inner) = block(op.X.Shape[1], op.X.Shape[2]);

            // What is contiguous is a row: as [rows, length, 1] the sound kernel takes off the mean of each.
            TensorRef<T> rows = op.X.As(new(checked((int)(op.X.Length / (taps * inner))), taps * inner, 1));
            run.Run(new IsoclineProject<T>(rows, op.Lambda));
        }
    }

    private sealed class OtherLambda(string name, string defect, Func<double, double> lambda) : Fault(name, defect, IsoclineProject<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            IsoclineProject<T> op = (IsoclineProject<T>)run.Op;
            run.Run(new IsoclineProject<T>(op.X, lambda(op.Lambda)));
        }
    }
}
