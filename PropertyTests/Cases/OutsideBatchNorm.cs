using Msr.Core.Numerics;
using PropertyTests.Ops;

namespace PropertyTests.Cases;

/// <summary>Stored cases of batch normalisation. In training the gradients carry the error of the statistics that the forward op computed.</summary>
internal static class OutsideBatchNorm
{
    public static void Train(OutsideCase c)
    {
        (double momentum, double epsilon) = (Attribute(c, "momentum"), Attribute(c, "eps"));
        Shape shape = ChannelsLast(c);
        OpCase forward = BatchNormCases.Forward(shape, momentum, epsilon);
        CaseData inputs = Inputs(c);
        CaseData outputs = c.Run(forward, inputs);
        c.CheckOp("y", forward, inputs, outputs, "y");
        c.CheckOp("batch_mean", forward, inputs, outputs, "mean");
        c.CheckOp("batch_var_biased", forward, inputs, outputs, "variance");
        c.CheckOp("running_mean_new", forward, inputs, outputs, "runningMean");
        c.CheckOp("running_var_new", forward, inputs, outputs, "runningVariance");
        Gradients(c, shape, inputs, (outputs.Reals["mean"], outputs.Reals["variance"]), fixedStatistics: false);
    }

    public static void Evaluate(OutsideCase c)
    {
        Shape shape = ChannelsLast(c);
        OpCase inference = BatchNormCases.Inference(shape, Attribute(c, "eps"));
        CaseData inputs = Inputs(c);
        c.CheckOp("y", inference, inputs, c.Run(inference, inputs), "y");
        Gradients(c, shape, inputs, (inputs.Reals["runningMean"], inputs.Reals["runningVariance"]), fixedStatistics: true);
    }

    private static void Gradients(OutsideCase c, Shape shape, CaseData inputs, (double[] Mean, double[] Variance) with, bool fixedStatistics)
    {
        double epsilon = Attribute(c, "eps");
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
        CaseData got = c.Run(BatchNormCases.Backward(shape, epsilon, fixedStatistics), data);
        double[][] gradient = [.. Enumerable.Range(0, channels).Select(channel => BatchNormCases.Channel(dy, channel, channels))];
        BatchNormBounds[] Of(Rounding rounding) => [.. Enumerable.Range(0, channels).Select(channel => fixedStatistics
            ? BatchNormBounds.OfGiven(BatchNormCases.Channel(x, channel, channels), with.Mean[channel], with.Variance[channel], epsilon, rounding)
            : BatchNormBounds.OfBatch(BatchNormCases.Channel(x, channel, channels), epsilon, rounding))];
        c.Check("dbeta", got.Reals["dbeta"], c.Twice(rounding => [.. Of(rounding).Select((bounds, channel) => bounds.Beta(gradient[channel], 0))]));
        c.Check("dgamma", got.Reals["dgamma"], c.Twice(rounding => [.. Of(rounding).Select((bounds, channel) => bounds.Gamma(gradient[channel], 0))]));
        c.Check("dx", got.Reals["dx"], c.Twice(rounding =>
        {
            BatchNormBounds[] bounds = Of(rounding);
            return [.. Enumerable.Range(0, x.Length).Select(i =>
                bounds[i % channels].Input(gradient[i % channels], i / channels, gamma[i % channels], fixedStatistics))];
        }));
    }

    private static CaseData Inputs(OutsideCase c) => new()
    {
        Reals =
        {
            ["x"] = c.Values("x"),
            ["gamma"] = c.Values("gamma"),
            ["beta"] = c.Values("beta"),
            ["runningMean"] = c.Values("running_mean"),
            ["runningVariance"] = c.Values("running_var"),
        },
    };

    private static Shape ChannelsLast(OutsideCase c)
    {
        Shape x = c.Shape("x");
        return new Shape(x[0], x[2], x[3], x[1]);
    }

    private static double Attribute(OutsideCase c, string name) => c.Stored.Attributes.GetProperty(name).GetDouble();
}
