using Msr.Core.Numerics;
using Xunit.Abstractions;

namespace PropertyTests.Ops;

/// <summary>⟨A·x, dy⟩ = ⟨x, Aᵀ·dy⟩: ties an op to its gradient op on each backend, with no oracle in between.</summary>
public sealed class AdjointTests(ITestOutputHelper output)
{
    private static readonly RandomStream s_seed = new RandomStream(20_260_822).Split("adjoints");

    public static TheoryData<string, string> EveryBackendAndPair { get; } = Pairs();

    [Theory]
    [MemberData(nameof(EveryBackendAndPair))]
    public void The_gradient_op_is_the_adjoint_of_its_op(string backend, string pair)
    {
        double worst = 0;
        for (ulong i = 0; i < 25; i++)
        {
            RandomStream stream = s_seed.Split(pair).Split(i);
            worst = Math.Max(worst, Check(Backends.Named(backend), GradientPairs.Linear[pair](new Draws(stream) { Wide = true }), stream));
        }

        output.WriteLine($"{pair}: worst error/bound {worst:F3}");
    }

    /// <summary>
    /// With ŷ = A·x + e and d̂x = Aᵀ·dy + f the products differ by at most Σ|dy|·|e| + Σ|x|·|f|, plus the rounding of two inner products in float64.
    /// </summary>
    private static double Check(Subject subject, GradientPair pair, RandomStream stream)
    {
        CaseData inputs = CaseData.Draw(pair.Forward, stream, ValueClass.Normal);
        if (inputs.Reals.TryGetValue("x", out double[]? shifted) && pair.Input == "b" && pair.Output == "y")
        {
            inputs = inputs.With("x", new double[shifted.Length]); // without it a bias would be affine, not linear
        }

        CaseData outputs = subject.Run(pair.Forward, inputs);
        double[] x = inputs.Reals[pair.Input], y = outputs.Reals[pair.Output];
        double[] dy = Draws.Normals(stream.Split("upstream"), y.Length);
        CaseData backward = pair.Bind(inputs, outputs, dy);
        double[] dx = subject.Run(pair.Backward, backward).Reals[pair.Gradient];

        Rounding rounding = Rounding.Of(subject.Info.Accuracy);
        double[] e = Errors(pair.Forward, pair.Output, new Truth(pair.Forward, inputs), rounding);
        double[] f = Errors(pair.Backward, pair.Gradient, new Truth(pair.Backward, backward), rounding);
        double bound = Weigh(dy, e) + Weigh(x, f) + (Rounding.OfTruth.Gamma(x.Length + y.Length) * (Weigh(dy, y) + Weigh(x, dx)));
        double error = Math.Abs(Dot(dy, y) - Dot(x, dx));
        Assert.True(error <= bound, $"{pair.Forward.Text}: the products differ by {error:R}, bound {bound:R}.");
        return bound == 0 ? 0 : error / bound;
    }

    /// <summary>The bound of an op; one rounding where it demands the correctly rounded result.</summary>
    private static double[] Errors(OpCase opCase, string operand, Truth truth, Rounding rounding)
    {
        double[] bound = opCase.Bound(operand, truth, rounding), result = truth.Output(operand);
        return [.. bound.Select((error, i) => error == 0 ? rounding.U * Math.Abs(result[i]) : error)];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (left, right) => left * right).Sum();

    private static double Weigh(double[] a, double[] b) => a.Zip(b, static (left, right) => Math.Abs(left * right)).Sum();

    private static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string backend in Backends.Names)
        {
            foreach (string pair in GradientPairs.Linear.Keys)
            {
                pairs.Add(backend, pair);
            }
        }

        return pairs;
    }
}
