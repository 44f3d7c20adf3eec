using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Stored;

/// <summary>How each kind of stored case is run.</summary>
internal static class StoredOps
{
    private static readonly Dictionary<string, Action<StoredRun>> s_runners = new(StringComparer.Ordinal)
    {
        ["conv2d"] = Convolution,
        ["linear"] = Linear,
        ["max_pool2d"] = StoredPools.Max,
        ["avg_pool2d"] = StoredPools.Mean,
        ["global_max_pool"] = StoredPools.GlobalMax,
        ["global_avg_pool"] = StoredPools.GlobalMean,
        ["batch_norm_train"] = StoredBatchNorm.Train,
        ["batch_norm_eval"] = StoredBatchNorm.Evaluate,
        ["cross_entropy"] = StoredLoss.CrossEntropy,
        ["relu"] = StoredElementwise.Relu,
        ["add"] = StoredElementwise.Add,
        ["sgd"] = StoredSgd.Steps,
    };

    /// <summary>The runner of a kind.</summary>
    /// <exception cref="UnsupportedCaseException">There is none.</exception>
    public static Action<StoredRun> RunnerOf(string op) =>
        s_runners.TryGetValue(op, out Action<StoredRun>? runner) ? runner
        : op.StartsWith("network_resnet", StringComparison.Ordinal) ? StoredNetwork.Train
        : throw new UnsupportedCaseException($"no op of Msr runs '{op}'");

    private static void Convolution(StoredRun c)
    {
        c.AllowOnly("stride", "padding_tlbr", "padding_hw", "padding", "padding_mode", "dilation", "groups", "bias", "layout");
        Shape x = c.Shape("x", 4), w = c.Shape("w", 4), y = c.Shape("y", 4);
        ConvGeometry g = new(
            x[2], x[3], x[1], w[0], w[2], w[3], c.Attributes.Pair("stride", 1, 1), Padding(c), c.Attributes.Pair("dilation", 1, 1), c.Attributes.Integer("groups", 1), Mode(c));
        if (w[1] != g.GroupC || y[0] != x[0] || y[1] != g.K || y[2] != g.P || y[3] != g.Q)
        {
            throw new StoredFormatException($"x {x}, w {w} and the attributes do not give y {y}");
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

    private static void Linear(StoredRun c)
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

    private static Border Padding(StoredRun c)
    {
        if (c.Attributes.Has("padding_tlbr"))
        {
            int[] edges = c.Attributes.Integers("padding_tlbr", 0, 0, 0, 0);
            return new Border(edges[0], edges[1], edges[2], edges[3]);
        }

        (int h, int w) = c.Attributes.Pair(c.Attributes.Has("padding_hw") ? "padding_hw" : "padding", 0, 0);
        return new Border(h, w, h, w);
    }

    private static PaddingMode Mode(StoredRun c) => c.Attributes.Text("padding_mode", "zeros") switch
    {
        "zeros" or "zero" or "constant" => PaddingMode.Zero,
        "replicate" or "edge" => PaddingMode.Replicate,
        "reflect" => PaddingMode.Reflect,
        string other => throw new UnsupportedCaseException($"convolution with padding mode '{other}'"),
    };

    /// <summary>A sum of products, with the bias added where the case has one.</summary>
    private static void Biased(StoredRun c, string name, Shape shape, OpCase product, CaseData data, string operand)
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
            double[] weights = [.. new Truth(product, data, c.Subject).Magnitude(operand)];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] += Math.Abs(bias[i % bias.Length]);
            }

            return weights;
        });
    }

    private static void Sum(StoredRun c, string name, OpCase opCase, CaseData data, string operand)
    {
        if (c.Has(name))
        {
            c.CheckSum(name, c.Run(opCase, data).Reals[operand], opCase.Roundings(operand), () => new Truth(opCase, data, c.Subject).Magnitude(operand));
        }
    }

    private static void BiasGradient(StoredRun c, Shape shape, CaseData data) => Sum(c, "db", BiasEntry.Gradient.Case(shape), data, "db");
}

/// <summary>Stored cases of elementwise ops: the correctly rounded result is demanded.</summary>
internal static class StoredElementwise
{
    public static void Relu(StoredRun c)
    {
        c.AllowOnly();
        double[] x = c.Values("x");
        Shape shape = new(1, x.Length);
        CaseData outputs = c.Run(ElementwiseEntry.ReluForward.Case(shape), new CaseData { Reals = { ["x"] = x } });
        c.Check("y", outputs.Reals["y"], new double[x.Length]);
        if (c.Has("dy"))
        {
            CaseData data = new() { Reals = { ["y"] = outputs.Reals["y"], ["dy"] = c.Values("dy") } };
            c.Check("dx", c.Run(ElementwiseEntry.ReluBackward.Case(shape), data).Reals["dx"], new double[x.Length]);
        }
    }

    public static void Add(StoredRun c)
    {
        c.AllowOnly();
        (string left, string right) = c.Has("a") ? ("a", "b") : ("x", "z");
        if (c.Shape(left) != c.Shape(right))
        {
            throw new UnsupportedCaseException("sums of tensors of different shapes");
        }

        double[] a = c.Values(left);
        CaseData data = new() { Reals = { ["a"] = a, ["b"] = c.Values(right) } };
        c.Check("y", c.Run(ElementwiseEntry.Add.Case(new Shape(1, a.Length)), data).Reals["y"], new double[a.Length]);
        if (c.Has("dy"))
        {
            // The gradient of a sum is handed on as it is.
            c.Check($"d{left}", c.Values("dy"), new double[a.Length]);
            c.Check($"d{right}", c.Values("dy"), new double[a.Length]);
        }
    }
}

/// <summary>Stored cases of pooling.</summary>
internal static class StoredPools
{
    public static void Max(StoredRun c) => Max(c, Geometry(c));

    public static void Mean(StoredRun c) => Mean(c, Geometry(c));

    public static void GlobalMax(StoredRun c) => Max(c, Global(c));

    public static void GlobalMean(StoredRun c) => Mean(c, Global(c));

    private static void Max(StoredRun c, PoolGeometry g)
    {
        OpCase forward = Case(PoolEntry.MaxForward, c, g), backward = Case(PoolEntry.MaxBackward, c, g);
        CaseData inputs = new() { Reals = { ["x"] = c.Values("x") } };
        CaseData outputs = c.Run(forward, inputs);
        c.CheckOp("y", forward, inputs, outputs, "y");
        c.CheckIntegers("argmax", outputs.Integers["argmax"]);
        if (c.Has("dy"))
        {
            CaseData gradients = new() { Reals = { ["dy"] = c.Values("dy") }, Integers = { ["argmax"] = outputs.Integers["argmax"] } };
            c.CheckOp("dx", backward, gradients, c.Run(backward, gradients), "dx");
        }
    }

    private static void Mean(StoredRun c, PoolGeometry g)
    {
        OpCase forward = Case(PoolEntry.MeanForward, c, g), backward = Case(PoolEntry.MeanBackward, c, g);
        CaseData data = new() { Reals = { ["x"] = c.Values("x") } };
        c.CheckOp("y", forward, data, c.Run(forward, data), "y");
        if (c.Has("dy"))
        {
            data.Reals["dy"] = c.Values("dy");
            c.CheckOp("dx", backward, data, c.Run(backward, data), "dx");
        }
    }

    private static OpCase Case(PoolEntry entry, StoredRun c, PoolGeometry g) => entry.Case(
        ("batch", c.Shape("x")[0]), ("channels", g.C), ("image.height", g.H), ("image.width", g.W), ("window.height", g.WindowH), ("window.width", g.WindowW),
        ("stride.height", g.StrideH), ("stride.width", g.StrideW), ("pad.height", g.PadH), ("pad.width", g.PadW),
        ("partial", c.Attributes.Flag("ceil_mode") ? 1 : 0), ("count-padding", g.CountPadding ? 1 : 0));

    private static PoolGeometry Global(StoredRun c)
    {
        c.AllowOnly();
        Shape x = c.Shape("x", 4);
        return PoolGeometry.Global(x[2], x[3], x[1]);
    }

    private static PoolGeometry Geometry(StoredRun c)
    {
        c.AllowOnly(
            "kernel", "stride", "padding_hw", "padding_tlbr", "padding", "ceil_mode", "count_include_pad", "dilation", "padding_value", "argmax", "ties");
        if (c.Attributes.Pair("dilation", 1, 1) != (1, 1))
        {
            throw new UnsupportedCaseException("pooling with dilated windows");
        }

        Shape x = c.Shape("x", 4), y = c.Shape("y", 4);
        (int H, int W) kernel = c.Attributes.Pair("kernel", x[2], x[3]);
        (int, int) stride = c.Attributes.Pair("stride", kernel.H, kernel.W);
        PoolGeometry g = new(x[2], x[3], x[1], kernel, stride, Padding(c), c.Attributes.Flag("ceil_mode"), c.Attributes.Flag("count_include_pad", absent: true));
        return (y[2], y[3]) == (g.P, g.Q) ? g : throw new StoredFormatException($"x {x} and the attributes do not give y {y}");
    }

    private static (int, int) Padding(StoredRun c)
    {
        if (!c.Attributes.Has("padding_tlbr"))
        {
            return c.Attributes.Pair(c.Attributes.Has("padding_hw") ? "padding_hw" : "padding", 0, 0);
        }

        int[] edges = c.Attributes.Integers("padding_tlbr", 0, 0, 0, 0);
        return edges[0] == edges[2] && edges[1] == edges[3] ? (edges[0], edges[1]) : throw new UnsupportedCaseException("pooling with asymmetric padding");
    }
}
