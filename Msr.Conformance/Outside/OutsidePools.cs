using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Outside;

/// <summary>Stored cases of pooling.</summary>
internal static class OutsidePools
{
    public static void Max(OutsideCase c) => Max(c, Geometry(c));

    public static void Mean(OutsideCase c) => Mean(c, Geometry(c));

    public static void GlobalMax(OutsideCase c) => Max(c, Global(c));

    public static void GlobalMean(OutsideCase c) => Mean(c, Global(c));

    private static void Max(OutsideCase c, PoolGeometry g)
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

    private static void Mean(OutsideCase c, PoolGeometry g)
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

    private static OpCase Case(PoolEntry entry, OutsideCase c, PoolGeometry g) => entry.Case(
        ("n", c.Shape("x")[0]), ("c", g.C), ("h", g.H), ("w", g.W), ("r", g.WindowH), ("s", g.WindowW), ("u", g.StrideH), ("v", g.StrideW),
        ("p", g.PadH), ("q", g.PadW), ("l", c.Attributes.Flag("ceil_mode") ? 1 : 0), ("i", g.CountPadding ? 1 : 0));

    private static PoolGeometry Global(OutsideCase c)
    {
        c.AllowOnly();
        Shape x = c.Shape("x", 4);
        return PoolGeometry.Global(x[2], x[3], x[1]);
    }

    private static PoolGeometry Geometry(OutsideCase c)
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
        return (y[2], y[3]) == (g.P, g.Q) ? g : throw new NeutralFormatException($"x {x} and the attributes do not give y {y}");
    }

    private static (int, int) Padding(OutsideCase c)
    {
        if (!c.Attributes.Has("padding_tlbr"))
        {
            return c.Attributes.Pair(c.Attributes.Has("padding_hw") ? "padding_hw" : "padding", 0, 0);
        }

        int[] edges = c.Attributes.Integers("padding_tlbr", 0, 0, 0, 0);
        return edges[0] == edges[2] && edges[1] == edges[3] ? (edges[0], edges[1]) : throw new UnsupportedCaseException("pooling with asymmetric padding");
    }
}
