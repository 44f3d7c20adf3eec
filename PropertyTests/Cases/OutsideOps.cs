using System.Text.Json;
using Msr.Core.Numerics;
using PropertyTests.Ops;

namespace PropertyTests.Cases;

/// <summary>How each kind of stored case is run.</summary>
internal static class OutsideOps
{
    /// <summary>A runner per kind of op.</summary>
    public static IReadOnlyDictionary<string, Action<OutsideCase>> Runners { get; } =
        new Dictionary<string, Action<OutsideCase>>(StringComparer.Ordinal)
        {
            ["conv2d"] = Convolution,
            ["linear"] = Linear,
            ["max_pool2d"] = static c => MaxPool(c, Pool(c)),
            ["avg_pool2d"] = static c => MeanPool(c, Pool(c)),
            ["global_max_pool"] = static c => MaxPool(c, Global(c)),
            ["global_avg_pool"] = static c => MeanPool(c, Global(c)),
            ["batch_norm_train"] = OutsideBatchNorm.Train,
            ["batch_norm_eval"] = OutsideBatchNorm.Evaluate,
            ["cross_entropy"] = OutsideTraining.CrossEntropy,
            ["sgd"] = OutsideTraining.Sgd,
        };

    /// <summary>Why a case is not run; null for a case that is.</summary>
    public static string? ReasonToExclude(NeutralCase stored)
    {
        if (!Runners.ContainsKey(stored.Op))
        {
            return $"no op runs '{stored.Op}'";
        }

        return stored.Op switch
        {
            "cross_entropy" when stored.Attributes.GetProperty("class_weight").GetBoolean() => "the loss has no class weights",
            "cross_entropy" when stored.Attributes.GetProperty("ignore_index").ValueKind == JsonValueKind.Number => "the loss ignores no label",
            "max_pool2d" when stored.Pair("dilation") != (1, 1) => "pooling windows are not dilated",
            _ => null,
        };
    }

    private static void Convolution(OutsideCase c)
    {
        Shape x = c.Shape("x"), w = c.Shape("w"), y = c.Shape("y");
        int[] padding = [.. c.Stored.Attributes.GetProperty("padding_tlbr").EnumerateArray().Select(static edge => edge.GetInt32())];
        ConvGeometry g = new(
            x[2],
            x[3],
            x[1],
            w[0],
            w[2],
            w[3],
            c.Stored.Pair("stride"),
            new Border(padding[0], padding[1], padding[2], padding[3]),
            c.Stored.Pair("dilation"),
            c.Stored.Attributes.GetProperty("groups").GetInt32());
        Shape output = new(y[0], y[2], y[3], y[1]);
        CaseData data = new() { Reals = { ["x"] = c.Values("x"), ["w"] = c.Values("w"), ["dy"] = c.Values("dy") } };
        c.CheckSum("y", WithBias(c, output, c.Run(ConvolutionCases.Forward(g, x[0]), data).Reals["y"]));
        c.CheckSum("dx", c.Run(ConvolutionCases.BackwardData(g, x[0]), data).Reals["dx"]);
        c.CheckSum("dw", c.Run(ConvolutionCases.BackwardFilter(g, x[0]), data).Reals["dw"]);
        BiasGradient(c, output, data);
    }

    private static void Linear(OutsideCase c)
    {
        (int n, int inputs, int outputs) = (c.Shape("x")[0], c.Shape("x")[1], c.Shape("w")[0]);
        double[] x = c.Values("x"), w = c.Values("w"), dy = c.Values("dy");
        double[] Product(OpCase opCase, double[] a, double[] b) => c.Run(opCase, new CaseData { Reals = { ["a"] = a, ["b"] = b } }).Reals["c"];
        c.CheckSum("y", WithBias(c, new Shape(n, outputs), Product(DenseCases.MatMul(n, inputs, outputs, transposeA: false, transposeB: true), x, w)));
        c.CheckSum("dx", Product(DenseCases.MatMul(n, outputs, inputs, transposeA: false, transposeB: false), dy, w));
        c.CheckSum("dw", Product(DenseCases.MatMul(outputs, n, inputs, transposeA: true, transposeB: false), dy, x));
        BiasGradient(c, new Shape(n, outputs), new CaseData { Reals = { ["dy"] = dy } });
    }

    private static double[] WithBias(OutsideCase c, Shape shape, double[] y)
    {
        if (!c.Stored.Has("b"))
        {
            return y;
        }

        return c.Run(DenseCases.BiasAdd(shape), new CaseData { Reals = { ["x"] = y, ["b"] = c.Values("b") } }).Reals["y"];
    }

    private static void BiasGradient(OutsideCase c, Shape shape, CaseData data)
    {
        if (c.Stored.Has("db"))
        {
            c.CheckSum("db", c.Run(DenseCases.BiasGradient(shape), data).Reals["db"]);
        }
    }

    private static PoolGeometry Global(OutsideCase c)
    {
        Shape x = c.Shape("x");
        return PoolGeometry.Global(x[2], x[3], x[1]);
    }

    private static PoolGeometry Pool(OutsideCase c)
    {
        Shape x = c.Shape("x");
        bool countPadding = !c.Stored.Attributes.TryGetProperty("count_include_pad", out JsonElement count) || count.GetBoolean();
        return new PoolGeometry(
            x[2],
            x[3],
            x[1],
            c.Stored.Pair("kernel"),
            c.Stored.Pair("stride"),
            c.Stored.Pair("padding_hw"),
            c.Stored.Attributes.GetProperty("ceil_mode").GetBoolean(),
            countPadding);
    }

    private static void MaxPool(OutsideCase c, PoolGeometry g)
    {
        int n = c.Shape("x")[0];
        OpCase forward = PoolCases.MaxForward(g, n), backward = PoolCases.MaxBackward(g, n);
        CaseData inputs = new() { Reals = { ["x"] = c.Values("x") } };
        CaseData outputs = c.Run(forward, inputs);
        c.CheckOp("y", forward, inputs, outputs, "y");
        if (c.Stored.Has("argmax"))
        {
            c.CheckIntegers("argmax", outputs.Integers["argmax"]);
        }

        CaseData gradients = new() { Reals = { ["dy"] = c.Values("dy") }, Integers = { ["argmax"] = outputs.Integers["argmax"] } };
        c.CheckOp("dx", backward, gradients, c.Run(backward, gradients), "dx");
    }

    private static void MeanPool(OutsideCase c, PoolGeometry g)
    {
        int n = c.Shape("x")[0];
        OpCase forward = PoolCases.MeanForward(g, n), backward = PoolCases.MeanBackward(g, n);
        CaseData data = new() { Reals = { ["x"] = c.Values("x"), ["dy"] = c.Values("dy") } };
        c.CheckOp("y", forward, data, c.Run(forward, data), "y");
        c.CheckOp("dx", backward, data, c.Run(backward, data), "dx");
    }
}
