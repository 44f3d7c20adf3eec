using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.BatchNorm;

/// <summary>The three ops of batch normalisation; ε is 10⁻ᵉ.</summary>
/// <param name="kind">The kind.</param>
/// <param name="own">Parameters beside the rows and ε.</param>
/// <param name="create">Makes a case.</param>
/// <param name="draw">Draws the own parameters.</param>
internal sealed class BatchNormEntry(
    string kind, ImmutableArray<Parameter> own, Func<OpEntry, CaseDescriptor, OpCase> create, Func<Draws, (string, int)[]> draw) : RowsEntry
{
    public static BatchNormEntry Forward { get; } = new(
        BatchNormForward<double>.Kind,
        [new("momentum", 1, "share of the batch in the running statistics") { Default = 10, Denominator = 100 }],
        static (entry, d) => new BatchNormForwardCase(entry, d),
        static draws => [("momentum", draws.OneOf(10, 25, 100))]);

    public static BatchNormEntry Backward { get; } = new(
        BatchNormBackward<double>.Kind,
        [Parameter.Choice("statistics", "whose statistics normalise", "batch", "fixed")],
        static (entry, d) => new BatchNormBackwardCase(entry, d),
        static draws => [("statistics", draws.Between(0, 1))]);

    public static BatchNormEntry Inference { get; } = new(
        BatchNormInference<double>.Kind, [], static (entry, d) => new BatchNormInferenceCase(entry, d), static _ => []);

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. RowsSchema, new("epsilon", 1, "ε") { Default = 5, IsPowerOfTen = true }, .. own];

    /// <summary>Exponents of 2²⁰ leave no digit of a variance; one row of the others has no variance to speak of.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } =
        [ValueClass.Normal, ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Zeros, ValueClass.Ties];

    public override IReadOnlyList<Fault> Faults => BatchNormFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a scale of another number of channels", typeof(ShapeMismatchException), static () => Infer(new Shape(4, 3), 2, 1e-5)),
        new("an ε of 0", typeof(ArgumentOutOfRangeException), static () => Infer(new Shape(4, 3), 3, 0)),
    ];

    /// <summary>A case of a shape, ε = 10⁻ᵉ.</summary>
    public OpCase Case(Shape shape, int e = 5, params IReadOnlyList<(string, int)> others) => create(
        this, new CaseDescriptor(Kind, Set([.. Values(shape), ("epsilon", e), .. others]), ValueClass.Normal, 0));

    /// <summary>A case whose ε and momentum are not of the grid of texts, such as those of outside cases.</summary>
    public OpCase Case(Shape shape, double epsilon, double momentum = 0.1, bool fixedStatistics = false)
    {
        (string, int)[] flag = Schema.Any(static parameter => parameter.Key == "statistics") ? [("statistics", fixedStatistics ? 1 : 0)] : [];
        BatchNormCase made = (BatchNormCase)create(this, new CaseDescriptor(Kind, Set([.. Values(shape), .. flag]), ValueClass.Normal, 0));
        (made.Epsilon, made.Momentum) = (epsilon, momentum);
        return made;
    }

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set([.. DrawRows(draws), ("epsilon", draws.OneOf(3, 5)), .. draw(draws)]);

    private static void Infer(Shape x, int channels, double epsilon)
    {
        HostOperands<double> at = new();
        Shape c = new(x.Inner);
        _ = new BatchNormInference<double>(
            at.Real("x", x), at.Real("gamma", new Shape(channels)), at.Real("beta", c), at.Real("runningMean", c), at.Real("runningVariance", c), at.Real("y", x), epsilon);
    }
}

/// <summary>A case of batch normalisation.</summary>
internal abstract class BatchNormCase : RowsCase
{
    private protected BatchNormCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Epsilon = Math.Pow(10, -descriptor.Parameters["epsilon"]);
        Momentum = descriptor.Parameters.Has("momentum") ? descriptor.Parameters.Fraction("momentum") : 0.1;
    }

    public double Epsilon { get; set; }

    public double Momentum { get; set; }

    public sealed override bool IsExactOnIntegers => false;

    public sealed override int AccumulationLength => Height;

    public sealed override bool TakesSpecialValues(string operand) => operand is "x" or "dy" or "gamma" or "beta";

    /// <summary>The elements of one channel.</summary>
    public static double[] Channel(double[] tensor, int channel, int channels)
    {
        double[] column = new double[tensor.Length / channels];
        for (int row = 0; row < column.Length; row++)
        {
            column[row] = tensor[(row * channels) + channel];
        }

        return column;
    }

    public sealed override double Element(string operand, Draws draws, ValueClass values)
    {
        double drawn = base.Element(operand, draws, values);
        return operand is "variance" or "runningVariance" ? (float)(0.1 + Math.Abs(drawn)) : drawn;
    }

    /// <summary>Bounds channel by channel, the element being row·C + channel.</summary>
    protected double[] PerElement(Func<int, int, double> bound)
    {
        double[] bounds = new double[Rows.Length];
        for (int i = 0; i < bounds.Length; i++)
        {
            bounds[i] = bound(i % Rows.Inner, i / Rows.Inner);
        }

        return bounds;
    }

    /// <summary>One value per channel.</summary>
    protected TValue[] Each<TValue>(Func<int, TValue> value) => [.. Enumerable.Range(0, Rows.Inner).Select(value)];

    /// <summary>One column of a tensor.</summary>
    protected double[] Column(double[] tensor, int channel) => Channel(tensor, channel, Rows.Inner);
}

/// <summary>A case of <see cref="BatchNormForward{T}"/>.</summary>
internal sealed class BatchNormForwardCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    private const double Width = 1.0 / 8192;

    // A single row is its own mean: variance 0, and the output is β.
    public override long StructuralZeros => Height == 1 ? Rows.Length + (2 * Rows.Inner) : 0;

    /// <summary>By the scale and the shift the output is affine; by x it is A + B·t over the root of a quadratic.</summary>
    public override IReadOnlyList<GradientPair> Gradients
    {
        get
        {
            OpCase backward = BatchNormEntry.Backward.Case(Rows, Epsilon);
            return
            [
                new(this, backward, "gamma", "y", "dy", "dgamma") { IsLinear = false },
                new(this, backward, "beta", "y", "dy", "dbeta") { IsLinear = false },
                new(this, backward, "x", "y", "dy", "dx") { IsLinear = false, Step = Width, Truncation = Truncation },
            ];
        }
    }

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormForward<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("beta", PerChannel),
        at.Real("y", Rows),
        at.Real("mean", PerChannel),
        at.Real("variance", PerChannel),
        at.Real("runningMean", PerChannel),
        at.Real("runningVariance", PerChannel),
        Momentum,
        Epsilon);

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfBatch(Column(truth.Input("x"), c), Epsilon, rounding));
        double[] gamma = truth.Input("gamma"), beta = truth.Input("beta");
        return operand switch
        {
            "mean" => Each(c => bounds[c].MeanError),
            "variance" => Each(c => bounds[c].VarianceError),
            "runningMean" => Each(c => bounds[c].RunningMean(truth.Input(operand)[c], Momentum)),
            "runningVariance" => Each(c => bounds[c].RunningVariance(truth.Input(operand)[c], Momentum)),
            _ => PerElement((c, row) => bounds[c].Output(row, gamma[c], beta[c])),
        };
    }

    /// <summary>
    /// Along one element of x, f(t) = (A + B·t)·q^(−½) + const with q(t) = V + ε + 2·t·d/N + t²·(1 − 1/N)/N, where d = x − μ,
    /// A = Σ dy·γ·(x − μ) and B = Σ dy·γ·(δ − 1/N). As q‴ = 0,
    /// f‴ = (A + B·t)·(−15/8·q^(−7/2)·q′³ + 9/4·q^(−5/2)·q′·q″) + 3·B·(3/4·q^(−5/2)·q′² − ½·q^(−3/2)·q″), bounded with the least q and largest q′.
    /// </summary>
    private double Truncation(CaseData inputs, double[] dy, int element)
    {
        int channel = element % Rows.Inner, place = element / Rows.Inner;
        double[] x = Column(inputs.Reals["x"], channel), gradient = Column(dy, channel);
        double gamma = inputs.Reals["gamma"][channel], mean = x.Average(), n = x.Length, d = Math.Abs(x[place] - mean);
        double a = Math.Abs(gamma) * x.Zip(gradient, (value, up) => Math.Abs(up * (value - mean))).Sum();
        double b = Math.Abs(gamma) * gradient.Select((up, row) => Math.Abs(up) * (row == place ? 1 : 1 / n)).Sum();
        double q = x.Average(value => (value - mean) * (value - mean)) + Epsilon - (2 * Width * d / n);
        double first = 2 * (d + Width) / n, second = 2 * (1 - (1 / n)) / n;
        double inner = (15 / 8.0 * Math.Pow(q, -3.5) * Math.Pow(first, 3)) + (9 / 4.0 * Math.Pow(q, -2.5) * first * second);
        double outer = (0.75 * Math.Pow(q, -2.5) * first * first) + (0.5 * Math.Pow(q, -1.5) * second);
        return q <= 0 ? double.PositiveInfinity : Width * Width / 6 * (((a + (b * Width)) * inner) + (3 * b * outer));
    }
}

/// <summary>A case of <see cref="BatchNormBackward{T}"/>.</summary>
internal sealed class BatchNormBackwardCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    private bool Fixed => Parameters.Flag("statistics");

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormBackward<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("mean", PerChannel),
        at.Real("variance", PerChannel),
        at.Real("dy", Rows),
        at.Real("dx", Rows),
        at.Real("dgamma", PerChannel),
        at.Real("dbeta", PerChannel),
        Epsilon,
        Fixed);

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        double[] mean = truth.Input("mean"), variance = truth.Input("variance"), gamma = truth.Input("gamma");
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], Epsilon, rounding));
        double[][] dy = Each(c => Column(truth.Input("dy"), c));
        return operand switch
        {
            "dgamma" => Each(c => bounds[c].Gamma(dy[c], truth.Input(operand)[c])),
            "dbeta" => Each(c => bounds[c].Beta(dy[c], truth.Input(operand)[c])),
            _ => bounds.Length == 0 ? [] : Inputs(bounds, dy, gamma),
        };
    }

    private double[] Inputs(BatchNormBounds[] bounds, double[][] dy, double[] gamma)
    {
        double[][] columns = Each(c => bounds[c].Inputs(dy[c], gamma[c], Fixed));
        return PerElement((c, row) => columns[c][row]);
    }
}

/// <summary>A case of <see cref="BatchNormInference{T}"/>.</summary>
internal sealed class BatchNormInferenceCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    public override IReadOnlyList<GradientPair> Gradients
    {
        get
        {
            OpCase backward = BatchNormEntry.Backward.Case(Rows, Epsilon, fixedStatistics: true);
            return [Pair(backward, "gamma"), Pair(backward, "beta"), Pair(backward, "x")];
        }
    }

    public override string? SampleParameter => "batch";

    public override bool IsPerSample(string operand) => operand is "x" or "y";

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormInference<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("beta", PerChannel),
        at.Real("runningMean", PerChannel),
        at.Real("runningVariance", PerChannel),
        at.Real("y", Rows),
        Epsilon);

    /// <summary>Affine in each of the three; the gradient op calls the running statistics by their short names.</summary>
    private GradientPair Pair(OpCase backward, string input) => new(this, backward, input, "y", "dy", $"d{input}")
    {
        IsLinear = false,
        Renamed = new Dictionary<string, string>(StringComparer.Ordinal) { ["mean"] = "runningMean", ["variance"] = "runningVariance" },
    };

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        double[] mean = truth.Input("runningMean"), variance = truth.Input("runningVariance");
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], Epsilon, rounding));
        return PerElement((c, row) => bounds[c].Output(row, truth.Input("gamma")[c], truth.Input("beta")[c]));
    }
}
