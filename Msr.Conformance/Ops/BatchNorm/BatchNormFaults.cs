using System.Numerics;
using Msr.Conformance.Faults;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.BatchNorm;

/// <summary>Wrong statistics in the baseline with batch normalisation.</summary>
internal static class BatchNormFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new UnbiasedVariance(),
        new OnePassVariance(),
        new BiasedRunningVariance(),
        new OtherConstants("batch-norm-momentum-swapped", "old and new exchange their shares in the running statistics", static (momentum, epsilon) => (1 - momentum, epsilon)),
        new OtherConstants("batch-norm-without-epsilon", "ε is left out under the root", static (momentum, _) => (momentum, 1e-30)),
        new FixedGradient(),
    ];

    /// <summary>y from statistics that are not those the op means.</summary>
    private static void Normalize<T>(FaultyRun<T> run, double[] variance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] x = run.Read("x"), gamma = run.Read("gamma"), beta = run.Read("beta"), mean = run.Read("mean");
        double epsilon = ((BatchNormForward<T>)run.Op).Epsilon;
        int channels = mean.Length;
        run.Write("y", [.. x.Select((value, i) =>
            (gamma[i % channels] * (value - mean[i % channels]) / Math.Sqrt(variance[i % channels] + epsilon)) + beta[i % channels])]);
    }

    private sealed class UnbiasedVariance() : Fault("batch-norm-unbiased", "activations are divided by the unbiased deviation", BatchNormForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] variance = run.Read("variance");
            double rows = ((BatchNormForward<T>)run.Op).X.Length / variance.Length;
            Normalize(run, Array.ConvertAll(variance, value => rows > 1 ? value * rows / (rows - 1) : value));
        }
    }

    private sealed class OnePassVariance() : Fault(
        "batch-norm-one-pass", "the variance is the mean square less the squared mean, which cancels where the mean is large", BatchNormForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            T[] x = Array.ConvertAll(run.Read("x"), T.CreateChecked), mean = Array.ConvertAll(run.Read("mean"), T.CreateChecked);
            double[] variance = new double[mean.Length];
            for (int c = 0; c < mean.Length; c++)
            {
                T square = T.Zero;
                for (int i = c; i < x.Length; i += mean.Length)
                {
                    square += x[i] * x[i];
                }

                T rows = T.CreateChecked(x.Length / mean.Length);
                variance[c] = double.CreateChecked(T.Max(T.Zero, (square / rows) - (mean[c] * mean[c])));
            }

            run.Write("variance", variance);
            Normalize(run, variance);
        }
    }

    private sealed class BiasedRunningVariance() : Fault("running-variance-biased", "the running variance takes the biased variance of the batch", BatchNormForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double momentum = ((BatchNormForward<T>)run.Op).Momentum;
            double[] old = run.Read("runningVariance");
            run.Pass();
            double[] variance = run.Read("variance");
            run.Write("runningVariance", [.. old.Select((value, c) => ((1 - momentum) * value) + (momentum * variance[c]))]);
        }
    }

    private sealed class OtherConstants(string name, string defect, Func<double, double, (double Momentum, double Epsilon)> change)
        : Fault(name, defect, BatchNormForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            BatchNormForward<T> op = (BatchNormForward<T>)run.Op;
            (double momentum, double epsilon) = change(op.Momentum, op.Epsilon);
            run.Run(new BatchNormForward<T>(
                op.X, op.Gamma, op.Beta, op.Y, op.Mean, op.Variance, op.RunningMean, op.RunningVariance, momentum, epsilon));
        }
    }

    private sealed class FixedGradient() : Fault("batch-norm-fixed-gradient", "the gradient treats the batch's statistics as constants", BatchNormBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            BatchNormBackward<T> op = (BatchNormBackward<T>)run.Op;
            run.Run(new BatchNormBackward<T>(
                op.X, op.Gamma, op.Mean, op.Variance, op.Dy, op.Dx, op.Dgamma, op.Dbeta, op.Epsilon, FixedStatistics: true));
        }
    }
}
