using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Ops.BatchNorm;
using Msr.Conformance.Ops.Loss;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace PropertyTests.Conformance;

/// <summary>What the op contract says of NaN, signed zeros, infinities, ties and noise that is off.</summary>
public sealed class SpecialValueTests
{
    public static TheoryData<string> EveryBackend { get; } = [.. Backends.Names];

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_rectifier_passes_nan_and_negative_zero(string backend)
    {
        double[] y = Run(backend, ElementwiseEntry.ReluForward.Case(new Shape(1, 5)), "y", ("x", [double.NaN, -0.0, -1, 2, double.NegativeInfinity]));
        Assert.True(double.IsNaN(y[0]) && double.IsNegative(y[1]));
        Assert.Equal([0, 2, 0], y[2..]);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_rectifier_has_no_gradient_at_zero_nor_at_nan(string backend)
    {
        double[] dx = Run(backend, ElementwiseEntry.ReluBackward.Case(new Shape(1, 4)), "dx", ("y", [0, -0.0, double.NaN, 1]), ("dy", [5, 5, 5, 5]));
        Assert.Equal([0, 0, 0, 5], dx);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_maximum_pool_takes_the_first_maximum_and_the_first_nan_before_every_number(string backend)
    {
        OpCase pool = PoolEntry.MaxForward.Case(("batch", 1), ("channels", 3), ("image.height", 2), ("image.width", 2), ("window.height", 2), ("window.width", 2), ("stride.height", 2), ("stride.width", 2));
        CaseData inputs = new() { Reals = { ["x"] = [1, 1, double.NaN, 7, double.NaN, 9, 7, 8, double.NaN, 3, double.NaN, 1] } };
        CaseData got = Backends.Named(backend).Run(pool, inputs).Outputs;
        Assert.Equal([1, 1, 0], got.Integers["argmax"]);
        Assert.Equal([7, double.NaN, double.NaN], got.Reals["y"]);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_sample_with_nan_among_its_logits_is_not_correct_and_the_first_of_equal_logits_counts(string backend)
    {
        CaseData inputs = new()
        {
            Reals = { ["logits"] = [5, double.NaN, 1, 3, 3, 1, 1, 3, 3] },
            Integers = { ["labels"] = [0, 0, 2] },
        };
        Assert.Equal(1, Backends.Named(backend).Run(CountCorrectEntry.Instance.Case(3, 3), inputs).Outputs.Integers["count"][0]);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_clip_factor_does_not_hide_nan(string backend)
    {
        Assert.True(double.IsNaN(Run(backend, ClipFactorEntry.Instance.Case(8), "factor", ("squaredNorm", [double.NaN]))[0]));
        Assert.Equal([0.5], Run(backend, ClipFactorEntry.Instance.Case(8), "factor", ("squaredNorm", [4])));
        Assert.Equal([1], Run(backend, ClipFactorEntry.Instance.Case(8), "factor", ("squaredNorm", [1])));
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_filter_of_norm_zero_is_not_anchored(string backend) =>
        Assert.Equal([1, 2], Run(backend, NormAnchorEntry.Instance.Case(1, 2, 300), "g", ("w", [0, 0]), ("g", [1, 2])));

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_variance_of_a_single_row_is_zero_in_the_running_statistics_too(string backend)
    {
        OpCase norm = BatchNormEntry.Forward.Case(new Shape(1, 2), 3, ("momentum", 100));
        double[] running = Run(
            backend,
            norm,
            "runningVariance",
            ("x", [3, 4]),
            ("gamma", [1, 1]),
            ("beta", [0, 0]),
            ("runningMean", [9, 9]),
            ("runningVariance", [9, 9]));
        Assert.Equal([0, 0], running);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_transposed_factor_gives_the_product_of_the_transposed_data(string backend)
    {
        (int m, int l, int n) = (3, 5, 4);
        double[] a = Normals(1, m * l), b = Normals(2, l * n);
        double[] plain = Run(backend, MatMulEntry.Instance.Case(m, l, n, transposeA: false, transposeB: false), "c", ("a", a), ("b", b));
        foreach ((bool left, bool right) in new[] { (true, false), (false, true), (true, true) })
        {
            double[] c = Run(
                backend,
                MatMulEntry.Instance.Case(m, l, n, left, right),
                "c",
                ("a", left ? Transpose(a, m, l) : a),
                ("b", right ? Transpose(b, l, n) : b));
            double gamma = 2 * Rounding.Of(Backends.Named(backend).Info.Accuracy).Gamma(l);
            for (int i = 0; i < c.Length; i++)
            {
                double weight = Enumerable.Range(0, l).Sum(k => Math.Abs(a[(i / n * l) + k] * b[(k * n) + (i % n)]));
                Assert.True(Math.Abs(c[i] - plain[i]) <= gamma * weight);
            }
        }
    }

    private static double[] Normals(ulong seed, int count)
    {
        Draws draws = new(new RandomStream(seed));
        return [.. Enumerable.Range(0, count).Select(_ => draws.Normal())];
    }

    private static double[] Transpose(double[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[(i % rows * columns) + (i / rows)])];

    private static double[] Run(string backend, OpCase opCase, string output, params (string Name, double[] Values)[] inputs)
    {
        CaseData data = new();
        foreach ((string name, double[] values) in inputs)
        {
            data.Reals[name] = values;
        }

        return Backends.Named(backend).Run(opCase, data).Outputs.Reals[output];
    }
}
