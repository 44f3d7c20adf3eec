using Msr.Core.Numerics;

namespace PropertyTests.Ops;

/// <summary>
/// Gradient ops against central differences of their ops, in float64 on the reference: D = (L(x + h·e) − L(x − h·e))/2h with L = Σ dy·y.
/// </summary>
/// <remarks>
/// Rounding: each L is a sum of N products dy·y whose y carries E_y, so |L̂ − L| ≤ Λ := Σ|dy|·E_y + γ_N·Σ|dy|·(|y| + E_y); the difference of two
/// and the division add 2 roundings of at most that size. Hence |D̂ − D| ≤ (1 + 2u)·Λ/h + 2u·Σ|dy|·|y|/h, Λ being the larger of the two sides.
/// Truncation: 0 where L is linear in x (h = 1 then, or less to stay clear of kinks), else h²/6·max|L‴|, derived test by test.
/// </remarks>
public sealed class GradientTests
{
    private static readonly RandomStream s_seed = new RandomStream(20_260_822).Split("gradients");

    public static TheoryData<string> LinearPairs { get; } = [.. GradientPairs.Linear.Keys];

    [Theory]
    [MemberData(nameof(LinearPairs))]
    public void Gradients_of_linear_ops_equal_differences_of_any_width(string name)
    {
        for (ulong i = 0; i < 10; i++)
        {
            RandomStream stream = s_seed.Split(name).Split(i);
            GradientPair pair = GradientPairs.Linear[name](new Draws(stream));
            double h = name switch { "maximum pool" => 0.25, "rectifier" => 0.5, _ => 1 };
            CaseData inputs = AwayFromKinks(name, CaseData.Draw(pair.Forward, stream, ValueClass.Normal), stream, h);
            new DifferenceQuotient(pair, inputs, stream, h).Check(static (_, _) => 0);
        }
    }

    [Fact]
    public void The_gradient_of_softmax_cross_entropy_equals_its_difference()
    {
        const double h = 1.0 / 8192;
        for (ulong i = 0; i < 20; i++)
        {
            RandomStream stream = s_seed.Split("loss").Split(i);
            Draws draws = new(stream);
            (int n, int k, double smoothing) = (draws.Between(1, 4), draws.Between(1, 8), draws.OneOf(0, 0.1, 0.5));
            GradientPair pair = new(LossCases.Forward(n, k, smoothing), LossCases.Backward(n, k, smoothing), "logits", "loss", "scale", "dlogits");
            double[] scale = [0.75];
            CaseData inputs = CaseData.Draw(pair.Forward, stream, ValueClass.Normal);

            // log Σ exp has along one logit the third derivative p·(1 − p)·(1 − 2p), at most 1/(6·√3) < 0.0963; the targets are linear.
            new DifferenceQuotient(pair, inputs, stream, h, scale).Check(static (_, dy) => h * h / 6 * 0.0963 * Math.Abs(dy[0]));
        }
    }

    [Fact]
    public void The_gradient_of_a_logarithmic_filter_scale_equals_its_difference()
    {
        const double h = 1.0 / 8192;
        for (ulong i = 0; i < 20; i++)
        {
            RandomStream stream = s_seed.Split("theta").Split(i);
            Draws draws = new(stream);
            Shape filters = new(draws.Between(1, 3), draws.Between(1, 3), draws.Between(1, 3), draws.Between(1, 3));
            GradientPair pair = new(FilterCases.ScaleForward(filters), FilterCases.ScaleBackward(filters), "theta", "weff", "dweff", "dtheta");
            CaseData inputs = CaseData.Draw(pair.Forward, stream, ValueClass.Normal);
            double[] w = inputs.Reals["w"], theta = inputs.Reals["theta"];
            int length = w.Length / theta.Length;

            // L = e^θ·Σ dy·w is its own third derivative.
            new DifferenceQuotient(pair, inputs, stream, h).Check((k, dy) => h * h / 6 * Math.Exp(theta[k] + h)
                * Enumerable.Range(k * length, length).Sum(j => Math.Abs(dy[j] * w[j])));
        }
    }

    [Theory]
    [InlineData("gamma")]
    [InlineData("beta")]
    [InlineData("x")]
    public void The_gradients_of_batch_normalisation_equal_its_differences(string input)
    {
        for (ulong i = 0; i < 20; i++)
        {
            RandomStream stream = s_seed.Split("batch-norm").Split(i);
            Draws draws = new(stream);
            Shape shape = new(draws.Between(2, 4), draws.Between(1, 3), draws.Between(2, 3), draws.Between(1, 4));
            const double epsilon = 1e-3;
            GradientPair pair = new(
                BatchNormCases.Forward(shape, 0.1, epsilon),
                BatchNormCases.Backward(shape, epsilon, fixedStatistics: false),
                input,
                "y",
                "dy",
                $"d{input}");
            CaseData inputs = CaseData.Draw(pair.Forward, stream, ValueClass.Normal);
            double h = input == "x" ? 1.0 / 8192 : 1;
            new DifferenceQuotient(pair, inputs, stream, h).Check((element, dy) => input == "x" ? Truncation(inputs, dy, element, epsilon, h) : 0);
        }
    }

    [Theory]
    [InlineData("gamma")]
    [InlineData("beta")]
    [InlineData("x")]
    public void The_gradients_of_normalisation_with_fixed_statistics_equal_its_differences(string input)
    {
        for (ulong i = 0; i < 20; i++)
        {
            RandomStream stream = s_seed.Split("fixed").Split(i);
            Draws draws = new(stream);
            Shape shape = new(draws.Between(1, 4), draws.Between(1, 3), draws.Between(1, 3), draws.Between(1, 4));
            GradientPair pair = new(
                BatchNormCases.Inference(shape, 1e-3), BatchNormCases.Backward(shape, 1e-3, fixedStatistics: true), input, "y", "dy", $"d{input}")
            {
                Renamed = new Dictionary<string, string>(StringComparer.Ordinal) { ["mean"] = "runningMean", ["variance"] = "runningVariance" },
            };
            new DifferenceQuotient(pair, CaseData.Draw(pair.Forward, stream, ValueClass.Normal), stream, 1).Check(static (_, _) => 0);
        }
    }

    [Fact]
    public void The_norm_anchor_is_the_gradient_of_what_it_says()
    {
        const double h = 1.0 / 8192, strength = 0.7;
        for (ulong i = 0; i < 20; i++)
        {
            RandomStream stream = s_seed.Split("anchor").Split(i);
            OpCase anchor = FilterCases.Anchor(1, new Draws(stream).Between(1, 9), strength);
            CaseData data = CaseData.Draw(anchor, stream, ValueClass.Normal);
            double[] w = data.Reals["w"], g = data.Reals["g"];
            double[] got = Truth.Reference.Run(anchor, data).Reals["g"];
            double norm = Norm(w, 0, 0);
            for (int k = 0; k < w.Length; k++)
            {
                double Penalty(double t) => strength * Math.Pow(Norm(w, k, t) - 1, 2);
                double difference = (Penalty(h) - Penalty(-h)) / (2 * h);

                // (r − 1)² = r² − 2r + 1, and |r‴| = 3·|r′|·(1 − r′²)/r² ≤ 1.155/r²; r moves by at most h.
                double truncation = h * h / 6 * strength * 2 * 1.155 / Math.Pow(norm - h, 2);
                double rounding = Rounding.OfTruth.Gamma(w.Length + 12) * (strength * (norm + 2) * (norm + 2) / h);
                bool agrees = norm > 0.01 && Math.Abs(got[k] - g[k] - difference) <= truncation + rounding;
                Assert.True(agrees, $"{anchor.Text} [{k}]: {got[k] - g[k]} against {difference}.");
            }
        }
    }

    private static double Norm(double[] w, int element, double t) =>
        Math.Sqrt(w.Select((value, i) => i == element ? value + t : value).Sum(static value => value * value));

    /// <summary>Distinct integers, which no step below ½ re-orders; or numbers further from 0 than a step.</summary>
    private static CaseData AwayFromKinks(string name, CaseData inputs, RandomStream stream, double h)
    {
        if (name == "maximum pool")
        {
            double[] distinct = [.. Enumerable.Range(0, inputs.Reals["x"].Length).Select(static value => (double)value)];
            stream.Split("order").Shuffle<double>(distinct);
            return inputs.With("x", distinct);
        }

        return name == "rectifier" ? inputs.Select((_, value) => value + Math.CopySign(h, value)) : inputs;
    }

    /// <summary>
    /// Along one element of x, f(t) = (A + B·t)·q^(−½) + const with q(t) = V + ε + 2·t·d/N + t²·(1 − 1/N)/N, where d = x − μ,
    /// A = Σ dy·γ·(x − μ) and B = Σ dy·γ·(δ − 1/N). As q‴ = 0,
    /// f‴ = (A + B·t)·(−15/8·q^(−7/2)·q′³ + 9/4·q^(−5/2)·q′·q″) + 3·B·(3/4·q^(−5/2)·q′² − ½·q^(−3/2)·q″), bounded with the least q and largest q′.
    /// </summary>
    private static double Truncation(CaseData inputs, double[] dy, int element, double epsilon, double h)
    {
        int channels = inputs.Reals["gamma"].Length, channel = element % channels;
        double[] x = BatchNormCases.Channel(inputs.Reals["x"], channel, channels), gradient = BatchNormCases.Channel(dy, channel, channels);
        double gamma = inputs.Reals["gamma"][channel], mean = x.Average(), n = x.Length, d = Math.Abs(x[element / channels] - mean);
        double a = Math.Abs(gamma) * x.Zip(gradient, (value, up) => Math.Abs(up * (value - mean))).Sum();
        double b = Math.Abs(gamma) * gradient.Select((up, row) => Math.Abs(up) * (row == element / channels ? 1 : 1 / n)).Sum();
        double q = x.Average(value => (value - mean) * (value - mean)) + epsilon - (2 * h * d / n);
        double first = 2 * (d + h) / n, second = 2 * (1 - (1 / n)) / n;
        double inner = (15 / 8.0 * Math.Pow(q, -3.5) * Math.Pow(first, 3)) + (9 / 4.0 * Math.Pow(q, -2.5) * first * second);
        double outer = (0.75 * Math.Pow(q, -2.5) * first * first) + (0.5 * Math.Pow(q, -1.5) * second);
        return q <= 0 ? double.PositiveInfinity : h * h / 6 * (((a + (b * h)) * inner) + (3 * b * outer));
    }
}
