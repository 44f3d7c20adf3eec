using System.Numerics;
using Msr.Conformance.Faults;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.Loss;

/// <summary>Wrong softmax, wrong targets, wrong counts.</summary>
internal static class LossFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new SoftmaxWithoutShift(),
        new OtherSmoothing("smoothing-ignored", "label smoothing is left out", static (smoothing, _) => 0 * smoothing),
        new OtherSmoothing(
            "smoothing-over-the-others",
            "the smoothed share is spread over the other classes alone",
            static (smoothing, classes) => classes > 1 ? Math.Min(smoothing * classes / (classes - 1), 0.999) : smoothing),
        new ChangedInput(
            "loss-gradient-unscaled",
            "the gradient is not multiplied by what each sample counts",
            static operand => operand.Name == "scale",
            static (scale, _) => scale[0] = 1,
            LossBackward<double>.Kind),
        new CountLoop("count-last-of-equal", "of equal largest logits the last one counts", static (value, best) => value >= best, noticesNan: true),
        new CountLoop("count-ignores-nan", "a NaN among the logits is passed over", static (value, best) => value > best || double.IsNaN(best), noticesNan: false),
    ];

    private sealed class SoftmaxWithoutShift() : Fault(
        "softmax-without-shift", "exponentials are taken of the logits themselves, which overflows", LossForward<double>.Kind, LossBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            T[] logits = Array.ConvertAll(run.Read("logits"), T.CreateChecked);
            int[] labels = Array.ConvertAll(run.Read("labels"), Convert.ToInt32);
            int classes = logits.Length / labels.Length;
            double[] result = new double[run.Op is LossForward<T> ? labels.Length : logits.Length];
            for (int n = 0; n < labels.Length; n++)
            {
                ReadOnlySpan<T> row = logits.AsSpan(n * classes, classes);
                if (run.Op is LossForward<T> forward)
                {
                    result[n] = Loss(row, labels[n], forward.Smoothing);
                }
                else
                {
                    double scale = run.Read("scale")[0];
                    Gradient(row, labels[n], (LossBackward<T>)run.Op, scale).CopyTo(result, n * classes);
                }
            }

            run.Write(run.Op is LossForward<T> ? "loss" : "dlogits", result);
        }

        private static T Target<T>(bool isLabel, double smoothing, int classes)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateChecked((isLabel ? 1 - smoothing : 0) + (smoothing / classes));

        private static T Sum<T>(ReadOnlySpan<T> row)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T sum = T.Zero;
            foreach (T logit in row)
            {
                sum += T.Exp(logit);
            }

            return sum;
        }

        private static double Loss<T>(ReadOnlySpan<T> row, int label, double smoothing)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T loss = T.Zero, logarithm = T.Log(Sum(row));
            for (int k = 0; k < row.Length; k++)
            {
                T q = Target<T>(k == label, smoothing, row.Length);
                loss += q == T.Zero ? T.Zero : q * (logarithm - row[k]);
            }

            return double.CreateChecked(loss);
        }

        private static double[] Gradient<T>(ReadOnlySpan<T> row, int label, LossBackward<T> op, double scale)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            double[] gradient = new double[row.Length];
            T sum = Sum(row);
            for (int k = 0; k < row.Length; k++)
            {
                T difference = (T.Exp(row[k]) / sum) - Target<T>(k == label, op.Smoothing, row.Length);
                gradient[k] = double.CreateChecked(T.CreateChecked(scale) * difference);
            }

            return gradient;
        }
    }

    private sealed class OtherSmoothing(string name, string defect, Func<double, int, double> change) : Fault(name, defect, LossForward<double>.Kind, LossBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run) => run.Run(run.Op switch
        {
            LossForward<T> op => new LossForward<T>(op.Logits, op.Labels, op.Loss, change(op.Smoothing, op.Logits.Shape[1])),
            LossBackward<T> op => new LossBackward<T>(op.Logits, op.Labels, op.Scale, op.Dlogits, change(op.Smoothing, op.Logits.Shape[1])),
            _ => run.Op,
        });
    }

    /// <summary>The definition of the count, with a mistake in its comparison.</summary>
    private sealed class CountLoop(string name, string defect, Func<double, double, bool> beats, bool noticesNan) : Fault(name, defect, CountCorrect<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] logits = run.Read("logits"), labels = run.Read("labels");
            int classes = logits.Length / labels.Length, correct = 0;
            for (int n = 0; n < labels.Length; n++)
            {
                correct += Best(logits.AsSpan(n * classes, classes)) == (int)labels[n] ? 1 : 0;
            }

            run.Write("count", [correct]);
        }

        private int Best(ReadOnlySpan<double> row)
        {
            int best = 0;
            for (int k = 0; k < row.Length; k++)
            {
                if (noticesNan && double.IsNaN(row[k]))
                {
                    return -1;
                }

                best = beats(row[k], row[best]) ? k : best;
            }

            return best;
        }
    }
}
