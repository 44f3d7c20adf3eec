using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Outside;

/// <summary>Stored cases of elementwise ops: the correctly rounded result is demanded.</summary>
internal static class OutsideElementwise
{
    public static void Relu(OutsideCase c)
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

    public static void Add(OutsideCase c)
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
