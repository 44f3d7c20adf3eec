using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

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
