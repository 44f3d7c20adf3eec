using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Outside;

/// <summary>How each kind of stored case is run.</summary>
internal static class OutsideOps
{
    private static readonly Dictionary<string, Action<OutsideCase>> s_runners = new(StringComparer.Ordinal)
    {
        ["conv2d"] = Convolution,
        ["linear"] = Linear,
        ["max_pool2d"] = OutsidePools.Max,
        ["avg_pool2d"] = OutsidePools.Mean,
        ["global_max_pool"] = OutsidePools.GlobalMax,
        ["global_avg_pool"] = OutsidePools.GlobalMean,
        ["batch_norm_train"] = OutsideBatchNorm.Train,
        ["batch_norm_eval"] = OutsideBatchNorm.Evaluate,
        ["cross_entropy"] = OutsideLoss.CrossEntropy,
        ["relu"] = OutsideElementwise.Relu,
        ["add"] = OutsideElementwise.Add,
        ["sgd"] = OutsideSgd.Steps,
    };

    /// <summary>The runner of a kind.</summary>
    /// <exception cref="UnsupportedCaseException">There is none.</exception>
    public static Action<OutsideCase> RunnerOf(string op) =>
        s_runners.TryGetValue(op, out Action<OutsideCase>? runner) ? runner
        : op.StartsWith("network_resnet", StringComparison.Ordinal) ? OutsideNetwork.Train
        : throw new UnsupportedCaseException($"no op of Msr runs '{op}'");

    private static void Convolution(OutsideCase c)
    {
        c.AllowOnly("stride", "padding_tlbr", "padding_hw", "padding", "padding_mode", "dilation", "groups", "bias", "layout");
        Shape x = c.Shape("x", 4), w = c.Shape("w", 4), y = c.Shape("y", 4);
        ConvGeometry g = new(
            x[2], x[3], x[1], w[0], w[2], w[3], c.Attributes.Pair("stride", 1, 1), Padding(c), c.Attributes.Pair("dilation", 1, 1), c.Attributes.Integer("groups", 1), Mode(c));
        if (w[1] != g.GroupC || y[0] != x[0] || y[1] != g.K || y[2] != g.P || y[3] != g.Q)
        {
            throw new NeutralFormatException($"x {x}, w {w} and the attributes do not give y {y}");
        }

        OpCase forward = ConvolutionEntry.Forward.Case(g, x[0]), backwardData = ConvolutionEntry.BackwardData.Case(g, x[0]);
        OpCase backwardFilter = ConvolutionEntry.BackwardFilter.Case(g, x[0]);
        CaseData data = new() { Reals = { ["x"] = c.Values("x"), ["w"] = c.Values("w") } };
        Biased(c, "y", g.Output(x[0]), forward, data, "y");
        if (!c.Has("dy"))
        {
            return;
        }

        data.Reals["dy"] = c.Values("dy");
        Sum(c, "dx", backwardData, data, "dx");
        Sum(c, "dw", backwardFilter, data, "dw");
        BiasGradient(c, g.Output(x[0]), data);
    }

    private static void Linear(OutsideCase c)
    {
        c.AllowOnly("bias", "weight_layout");
        Shape w = c.Shape("w", 2), x = c.Shape("x", 2);
        (int n, int inputs, int outputs) = (x[0], w[1], w[0]);
        double[] weight = c.Values("w");
        CaseData forward = new() { Reals = { ["a"] = c.Values("x"), ["b"] = weight } };
        Biased(c, "y", new Shape(n, outputs), MatMulEntry.Instance.Case(n, inputs, outputs, transposeB: true), forward, "c");
        if (!c.Has("dy"))
        {
            return;
        }

        double[] dy = c.Values("dy");
        Sum(c, "dx", MatMulEntry.Instance.Case(n, outputs, inputs), new CaseData { Reals = { ["a"] = dy, ["b"] = weight } }, "c");
        Sum(c, "dw", MatMulEntry.Instance.Case(outputs, n, inputs, transposeA: true), new CaseData { Reals = { ["a"] = dy, ["b"] = forward.Reals["a"] } }, "c");
        BiasGradient(c, new Shape(n, outputs), new CaseData { Reals = { ["dy"] = dy } });
    }

    private static Border Padding(OutsideCase c)
    {
        if (c.Attributes.Has("padding_tlbr"))
        {
            int[] edges = c.Attributes.Integers("padding_tlbr", 0, 0, 0, 0);
            return new Border(edges[0], edges[1], edges[2], edges[3]);
        }

        (int h, int w) = c.Attributes.Pair(c.Attributes.Has("padding_hw") ? "padding_hw" : "padding", 0, 0);
        return new Border(h, w, h, w);
    }

    private static PaddingMode Mode(OutsideCase c) => c.Attributes.Text("padding_mode", "zeros") switch
    {
        "zeros" or "zero" or "constant" => PaddingMode.Zero,
        "replicate" or "edge" => PaddingMode.Replicate,
        "reflect" => PaddingMode.Reflect,
        string other => throw new UnsupportedCaseException($"convolution with padding mode '{other}'"),
    };

    /// <summary>A sum of products, with the bias added where the case has one.</summary>
    private static void Biased(OutsideCase c, string name, Shape shape, OpCase product, CaseData data, string operand)
    {
        if (!c.Has("b"))
        {
            Sum(c, name, product, data, operand);
            return;
        }

        double[] bias = c.Values("b");
        CaseData sum = new() { Reals = { ["x"] = c.Run(product, data).Reals[operand], ["b"] = bias } };
        double[] y = c.Run(BiasEntry.Add.Case(shape), sum).Reals["y"];
        c.CheckSum(name, y, product.Roundings(operand) + 1, () =>
        {
            double[] weights = [.. new Truth(product, data).Magnitude(operand)];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] += Math.Abs(bias[i % bias.Length]);
            }

            return weights;
        });
    }

    private static void Sum(OutsideCase c, string name, OpCase opCase, CaseData data, string operand)
    {
        if (c.Has(name))
        {
            c.CheckSum(name, c.Run(opCase, data).Reals[operand], opCase.Roundings(operand), () => new Truth(opCase, data).Magnitude(operand));
        }
    }

    private static void BiasGradient(OutsideCase c, Shape shape, CaseData data) => Sum(c, "db", BiasEntry.Gradient.Case(shape), data, "db");
}
