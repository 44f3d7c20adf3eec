using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of batch normalisation.</summary>
internal static class BatchNormCases
{
    public static OpCase Forward(Shape shape, double momentum, double epsilon) => new ForwardCase(shape, momentum, epsilon);

    public static OpCase Inference(Shape shape, double epsilon) => new InferenceCase(shape, epsilon);

    public static OpCase Backward(Shape shape, double epsilon, bool fixedStatistics) => new BackwardCase(shape, epsilon, fixedStatistics);

    /// <summary>The elements of one channel.</summary>
    public static double[] Channel(double[] tensor, int channel, int channels) =>
        [.. Enumerable.Range(0, tensor.Length / channels).Select(row => tensor[(row * channels) + channel])];

    private abstract class NormCase(Shape shape) : OpCase
    {
        protected Shape Whole => shape;

        protected Shape Channels => new(shape.Inner);

        public sealed override bool IsExactOnIntegers => false;

        public sealed override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass)
        {
            double[] values = base.Values(operand, shape, draws, valueClass);
            bool isVariance = operand is "variance" or "runningVariance";
            return isVariance ? Array.ConvertAll(values, value => (double)(float)(0.1 + Math.Abs(value))) : values;
        }

        /// <summary>Bounds channel by channel, the element being row·C + channel.</summary>
        protected double[] PerElement(Func<int, int, double> bound)
        {
            double[] bounds = new double[shape.Length];
            for (int i = 0; i < bounds.Length; i++)
            {
                bounds[i] = bound(i % shape.Inner, i / shape.Inner);
            }

            return bounds;
        }

        protected double[] PerChannel(Func<int, double> bound) => [.. Enumerable.Range(0, shape.Inner).Select(bound)];

        protected double[] Column(double[] tensor, int channel) => Channel(tensor, channel, shape.Inner);
    }

    private sealed class ForwardCase(Shape shape, double momentum, double epsilon) : NormCase(shape)
    {
        public override string Text => $"{BatchNormForward<double>.Kind} {Whole} momentum {momentum} epsilon {epsilon}";

        public override Op<T> Build<T>(IOperands<T> at) => new BatchNormForward<T>(
            at.Real("x", Whole),
            at.Real("gamma", Channels),
            at.Real("beta", Channels),
            at.Real("y", Whole),
            at.Real("mean", Channels),
            at.Real("variance", Channels),
            at.Real("runningMean", Channels),
            at.Real("runningVariance", Channels),
            momentum,
            epsilon);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            BatchNormBounds[] bounds = [.. Enumerable.Range(0, Whole.Inner)
                .Select(c => BatchNormBounds.OfBatch(Column(truth.Input("x"), c), epsilon, rounding))];
            double[] gamma = truth.Input("gamma"), beta = truth.Input("beta");
            return operand switch
            {
                "mean" => PerChannel(c => bounds[c].MeanError),
                "variance" => PerChannel(c => bounds[c].VarianceError),
                "runningMean" => PerChannel(c => bounds[c].RunningMean(truth.Input(operand)[c], momentum)),
                "runningVariance" => PerChannel(c => bounds[c].RunningVariance(truth.Input(operand)[c], momentum)),
                _ => PerElement((c, row) => bounds[c].Output(row, gamma[c], beta[c])),
            };
        }
    }

    private sealed class InferenceCase(Shape shape, double epsilon) : NormCase(shape)
    {
        public override string Text => $"{BatchNormInference<double>.Kind} {Whole} epsilon {epsilon}";

        public override Op<T> Build<T>(IOperands<T> at) => new BatchNormInference<T>(
            at.Real("x", Whole),
            at.Real("gamma", Channels),
            at.Real("beta", Channels),
            at.Real("runningMean", Channels),
            at.Real("runningVariance", Channels),
            at.Real("y", Whole),
            epsilon);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] mean = truth.Input("runningMean"), variance = truth.Input("runningVariance");
            BatchNormBounds[] bounds = [.. Enumerable.Range(0, Whole.Inner)
                .Select(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], epsilon, rounding))];
            return PerElement((c, row) => bounds[c].Output(row, truth.Input("gamma")[c], truth.Input("beta")[c]));
        }
    }

    private sealed class BackwardCase(Shape shape, double epsilon, bool fixedStatistics) : NormCase(shape)
    {
        public override string Text => $"{BatchNormBackward<double>.Kind} {Whole} epsilon {epsilon}{(fixedStatistics ? " fixed" : "")}";

        public override Op<T> Build<T>(IOperands<T> at) => new BatchNormBackward<T>(
            at.Real("x", Whole),
            at.Real("gamma", Channels),
            at.Real("mean", Channels),
            at.Real("variance", Channels),
            at.Real("dy", Whole),
            at.Real("dx", Whole),
            at.Real("dgamma", Channels),
            at.Real("dbeta", Channels),
            epsilon,
            fixedStatistics);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] mean = truth.Input("mean"), variance = truth.Input("variance"), gamma = truth.Input("gamma");
            BatchNormBounds[] bounds = [.. Enumerable.Range(0, Whole.Inner)
                .Select(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], epsilon, rounding))];
            double[][] dy = [.. Enumerable.Range(0, Whole.Inner).Select(c => Column(truth.Input("dy"), c))];
            return operand switch
            {
                "dgamma" => PerChannel(c => bounds[c].Gamma(dy[c], truth.Input(operand)[c])),
                "dbeta" => PerChannel(c => bounds[c].Beta(dy[c], truth.Input(operand)[c])),
                _ => PerElement((c, row) => bounds[c].Input(dy[c], row, gamma[c], fixedStatistics)),
            };
        }
    }
}
