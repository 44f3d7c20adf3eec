using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Ops.Loss;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Conformance;

/// <summary>
/// Definitions worked out by hand or by another route. Agreement with the float64 reference says nothing of an error the reference itself
/// has: for ops that no outside case and no gradient law pins down, these do.
/// </summary>
public sealed class DefinitionTests
{
    public static TheoryData<string> EveryBackend { get; } = [.. Backends.Names];

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void Elementwise_ops_do_what_they_are_called(string backend)
    {
        Shape three = new(1, 3);
        Assert.Equal([2.5, 2.5, 2.5], Run(backend, ElementwiseEntry.Fill.Case(three), "y"));
        Assert.Equal([1, 2, 3], Run(backend, ElementwiseEntry.Copy.Case(three), "y", ("x", [1, 2, 3])));
        Assert.Equal([11, 22, 33], Run(backend, ElementwiseEntry.Copy.Case(three, accumulate: true), "y", ("x", [1, 2, 3]), ("y", [10, 20, 30])));
        Assert.Equal([5, 7, 9], Run(backend, ElementwiseEntry.Add.Case(three), "y", ("a", [1, 2, 3]), ("b", [4, 5, 6])));
        Assert.Equal([-2, -4, -6], Run(backend, ElementwiseEntry.Scale.Case(three), "x", ("x", [1, 2, 3]), ("factor", [-2])));
        Assert.Equal([11, 22, 13, 24], Run(backend, BiasEntry.Add.Case(new Shape(2, 2)), "y", ("x", [1, 2, 3, 4]), ("b", [10, 20])));
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_convolution_is_a_cross_correlation_that_flips_nothing(string backend)
    {
        ConvGeometry g = new(2, 3, 1, 1, 2, 2, padding: new Border(0, 1, 0, 0));
        (string, double[]) x = ("x", [1, 2, 3, 4, 5, 6]), w = ("w", [1, 10, 100, 1000]), dy = ("dy", [1, 0, 2]);
        Assert.Equal([4010, 5421, 6532], Run(backend, ConvolutionEntry.Forward.Case(g, 1), "y", x, w));
        Assert.Equal([10, 2, 20, 1000, 200, 2000], Run(backend, ConvolutionEntry.BackwardData.Case(g, 1), "dx", dy, w));
        Assert.Equal([4, 7, 10, 16], Run(backend, ConvolutionEntry.BackwardFilter.Case(g, 1), "dw", x, dy));
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void Moments_and_norms_are_those_of_school(string backend)
    {
        (string, double[]) x = ("x", [1, 10, 3, -20, 5, 40, 7, 2]);
        Assert.Equal([4, 8], Run(backend, SegmentMomentsEntry.Instance.Case(new Shape(4, 2)), "mean", x));
        Assert.Equal([21, 526], Run(backend, SegmentMomentsEntry.Instance.Case(new Shape(4, 2)), "square", x));
        Assert.Equal([510, 1678], Run(backend, SquaredNormsEntry.Instance.Case(2, 4), "y", x));
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_projection_subtracts_the_mean_over_taps_of_each_slice(string backend)
    {
        (string, double[]) x = ("x", [1, 10, 3, 30, 5, 80, -1, 0, -2, 0, -6, 6]);
        Shape slices = new(2, 3, 2);
        Assert.Equal([-2, -30, 0, -10, 2, 40, 2, -2, 1, -2, -3, 4], Run(backend, IsoclineProjectEntry.Instance.Case(slices), "x", x));
        Assert.Equal([-0.5, -10, 1.5, 10, 3.5, 60, 0.5, -1, -0.5, -1, -4.5, 5], Run(backend, IsoclineProjectEntry.Instance.Case(slices, lambda: 50), "x", x));
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_shortcut_takes_every_other_element_or_their_mean_into_the_middle_channels(string backend)
    {
        (string, double[]) x = ("x", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        double[] sampled = Run(backend, ShortcutEntry.Forward.Case(new ShortcutGeometry(3, 3, 1, 4, 2, average: false), 1), "y", x);
        Assert.Equal([0, 1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0], sampled);
        double[] averaged = Run(backend, ShortcutEntry.Forward.Case(new ShortcutGeometry(3, 3, 1, 2, 2, average: true), 1), "y", x);
        Assert.Equal([3, 0, 4.5, 0, 7.5, 0, 9, 0], averaged);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_smoothed_loss_spreads_its_target_over_all_classes(string backend)
    {
        (double[] logits, int label, double smoothing) = ([1, -2, 0.5], 2, 0.3);
        CaseData inputs = new() { Reals = { ["logits"] = logits }, Integers = { ["labels"] = [label] } };
        double got = Backends.Named(backend).Run(LossForwardEntry.Instance.Case(1, 3, smoothing: 300), inputs).Outputs.Reals["loss"][0];
        double logarithm = Math.Log(logits.Sum(Math.Exp));
        double expected = logarithm - (0.7 * logits[label]) - (0.1 * logits.Sum());
        Assert.True(Math.Abs(got - expected) <= 64 * Rounding.Of(Backends.Named(backend).Info.Accuracy).U);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_filter_scale_is_exponential(string backend)
    {
        double u = Rounding.Of(Backends.Named(backend).Info.Accuracy).U;
        double[] got = Run(backend, FilterScaleForwardEntry.Instance.Case(new Shape(2, 1, 1, 2)), "weff", ("w", [1, 2, 3, -4]), ("theta", [0, 0.75]));
        Assert.Equal([1, 2], got[..2]);
        Assert.True(Math.Abs(got[2] - (3 * Math.Exp(0.75))) <= 40 * u && Math.Abs(got[3] + (4 * Math.Exp(0.75))) <= 60 * u);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void Multiplicative_noise_scales_whole_maps_by_one_plus_strength_times_z(string backend)
    {
        foreach (NoiseDistribution distribution in new[] { NoiseDistribution.Uniform, NoiseDistribution.Gaussian })
        {
            OpCase noise = NoiseEntry.Instance.Case(new Shape(1, 2, 1, 3), distribution, site: 2, key: 77);
            CaseData inputs = new() { Reals = { ["x"] = [1, 1, 1, 2, 2, 2], ["strength"] = [0.5] }, Integers = { ["samples"] = [9], ["step"] = [4] } };
            double[] y = Backends.Named(backend).Run(noise, inputs).Outputs.Reals["y"];
            for (int c = 0; c < 3; c++)
            {
                (uint a, uint b, _, _) = Philox4x32.Draw(4, 2, 9, (uint)c, NoiseEntry.Settings(noise.Parameters).Key);
                double u0 = ((a >> 8) + 1.0) / 16777216, u1 = (b >> 8) / 16777216.0;
                double z = distribution == NoiseDistribution.Uniform
                    ? (2 * (u0 - (1.0 / 16777216))) - 1
                    : Math.Sqrt(-2 * Math.Log(u0)) * Math.Cos(2 * Math.PI * u1);
                Assert.True(Math.Abs(y[c] - (1 + (0.5 * z))) <= 16 * Rounding.Of(Backends.Named(backend).Info.Accuracy).U);
                Assert.Equal(2 * y[c], y[c + 3]);
            }
        }
    }

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
