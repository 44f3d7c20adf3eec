using Msr.Conformance.Cases;
using Msr.Conformance.Ops.BatchNorm;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Stored;

/// <summary>Stored cases of batch normalisation. In training the gradients carry the error of the statistics that the forward op computed.</summary>
internal static class StoredBatchNorm
{
    public static void Train(StoredRun c)
    {
        Shape shape = ShapeOf(c);
        if (!c.Attributes.Has("momentum") && c.Has("running_mean_new"))
        {
            throw new UnsupportedCaseException("running statistics as a cumulative mean");
        }

        OpCase forward = BatchNormEntry.Forward.Case(shape, c.Attributes.Number("eps", 1e-5), c.Attributes.Number("momentum", 0.1));
        CaseData inputs = Inputs(c, shape.Inner);
        CaseData outputs = c.Run(forward, inputs);
        c.CheckOp("y", forward, inputs, outputs, "y");
        c.CheckOp("batch_mean", forward, inputs, outputs, "mean");
        c.CheckOp("batch_var_biased", forward, inputs, outputs, "variance");
        c.CheckOp("running_mean_new", forward, inputs, outputs, "runningMean");
        c.CheckOp("running_var_new", forward, inputs, outputs, "runningVariance");
        Gradients(c, shape, inputs, (outputs.Reals["mean"], outputs.Reals["variance"]), fixedStatistics: false);
    }

    public static void Evaluate(StoredRun c)
    {
        Shape shape = ShapeOf(c);
        OpCase inference = BatchNormEntry.Inference.Case(shape, c.Attributes.Number("eps", 1e-5));
        CaseData inputs = Inputs(c, shape.Inner);
        c.CheckOp("y", inference, inputs, c.Run(inference, inputs), "y");
        Gradients(c, shape, inputs, (inputs.Reals["runningMean"], inputs.Reals["runningVariance"]), fixedStatistics: true);
    }

    private static void Gradients(StoredRun c, Shape shape, CaseData inputs, (double[] Mean, double[] Variance) with, bool fixedStatistics)
    {
        if (!c.Has("dy"))
        {
            return;
        }

        double epsilon = c.Attributes.Number("eps", 1e-5);
        int channels = shape.Inner;
        double[] x = inputs.Reals["x"], gamma = inputs.Reals["gamma"], dy = c.Values("dy");
        CaseData data = new()
        {
            Reals =
            {
                ["x"] = x,
                ["gamma"] = gamma,
                ["mean"] = with.Mean,
                ["variance"] = with.Variance,
                ["dy"] = dy,
                ["dgamma"] = new double[channels],
                ["dbeta"] = new double[channels],
            },
        };
        CaseData got = c.Run(BatchNormEntry.Backward.Case(shape, epsilon, fixedStatistics: fixedStatistics), data);
        double[][] gradient = Each(channels, channel => BatchNormCase.Channel(dy, channel, channels));
        BatchNormBounds[] Of(Rounding rounding) => Each(channels, channel => fixedStatistics
            ? BatchNormBounds.OfGiven(BatchNormCase.Channel(x, channel, channels), with.Mean[channel], with.Variance[channel], epsilon, rounding)
            : BatchNormBounds.OfBatch(BatchNormCase.Channel(x, channel, channels), epsilon, rounding));
        c.Check("dbeta", got.Reals["dbeta"], c.Twice(rounding => [.. Of(rounding).Select((bounds, channel) => bounds.Beta(gradient[channel], 0))]));
        c.Check("dgamma", got.Reals["dgamma"], c.Twice(rounding => [.. Of(rounding).Select((bounds, channel) => bounds.Gamma(gradient[channel], 0))]));
        c.Check("dx", got.Reals["dx"], c.Twice(rounding =>
        {
            BatchNormBounds[] bounds = Of(rounding);
            double[][] columns = Each(channels, channel => bounds[channel].Inputs(gradient[channel], gamma[channel], fixedStatistics));
            return [.. Enumerable.Range(0, x.Length).Select(i => columns[i % channels][i / channels])];
        }));
    }

    private static TValue[] Each<TValue>(int channels, Func<int, TValue> value) => [.. Enumerable.Range(0, channels).Select(value)];

    private static CaseData Inputs(StoredRun c, int channels) => new()
    {
        Reals =
        {
            ["x"] = c.Values("x"),
            ["gamma"] = c.Values("gamma", channels, 1),
            ["beta"] = c.Values("beta", channels, 0),
            ["runningMean"] = c.Values("running_mean", channels, 0),
            ["runningVariance"] = c.Values("running_var", channels, 1),
        },
    };

    private static Shape ShapeOf(StoredRun c)
    {
        c.AllowOnly("eps", "momentum", "convention", "affine", "track_running_stats");
        return Layout.ChannelsLast(c.Shape("x"));
    }
}
