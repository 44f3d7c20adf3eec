using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops.BatchNorm;

/// <summary>
/// The error of batch normalisation for one channel; docs/error-bounds.md, "batch normalisation". Statistics are the batch's own, with the
/// error of computing them, or given and exact.
/// </summary>
internal sealed class BatchNormBounds
{
    private readonly Rounding _rounding;
    private readonly double[] _x;
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _inverseError;

    private BatchNormBounds(double[] x, double mean, double variance, double epsilon, (double Mean, double Variance) errors, Rounding rounding)
    {
        (_x, _mean, _rounding) = (x, mean, rounding);
        (MeanError, VarianceError) = errors;
        double total = variance + epsilon;
        double totalError = (VarianceError + (rounding.U * epsilon) + (rounding.U * (total + VarianceError))) / total;
        _deviation = Math.Sqrt(total);

        // Beyond this the bound says nothing: the computed variance could be 0 or negative.
        _inverseError = totalError < 0.5 ? (1 / Math.Sqrt(1 - totalError)) - 1 : double.PositiveInfinity;
    }

    /// <summary>E_μ.</summary>
    public double MeanError { get; }

    /// <summary>E_V, of the biased variance.</summary>
    public double VarianceError { get; }

    private int Rows => _x.Length;

    /// <summary>Statistics that the op computes from the batch.</summary>
    public static BatchNormBounds OfBatch(double[] x, double epsilon, Rounding rounding)
    {
        double mean = x.Average(), variance = x.Average(value => (value - mean) * (value - mean));
        double lost = ((2 * x.Length) + 4) * rounding.Underflow;
        double meanError = (rounding.Gamma(rounding.AnyAlgorithm ? (3 * x.Length) + 4 : x.Length + 1) * x.Average(Math.Abs)) + lost;
        double squared = meanError * meanError;

        // Updating algorithms err by n·κ·u with κ = √(1 + μ²/V) (Chan, Golub, LeVeque 1983); two passes do without κ.
        double conditioned = rounding.AnyAlgorithm ? Math.Sqrt(variance * (variance + (mean * mean))) : variance;
        double varianceError = (rounding.Gamma(x.Length + 5) * (conditioned + squared)) + squared + lost;
        return new BatchNormBounds(x, mean, variance, epsilon, (meanError, varianceError), rounding);
    }

    /// <summary>Statistics that the op is given.</summary>
    public static BatchNormBounds OfGiven(double[] x, double mean, double variance, double epsilon, Rounding rounding) =>
        new(x, mean, variance, epsilon, (0, 0), rounding);

    /// <summary>γ_4·((1 + m)·|old| + m·(|μ| + E_μ)) + m·E_μ + 4η.</summary>
    public double RunningMean(double old, double momentum) =>
        (_rounding.Gamma(4) * (((1 + momentum) * Math.Abs(old)) + (momentum * (Math.Abs(_mean) + MeanError)))) + (momentum * MeanError) + (4 * _rounding.Underflow);

    /// <summary>The same of the unbiased variance, N/(N − 1) times the biased one, three roundings further.</summary>
    public double RunningVariance(double old, double momentum)
    {
        double unbiased = Rows > 1 ? (double)Rows / (Rows - 1) : 1;
        double variance = _x.Average(value => (value - _mean) * (value - _mean)) + VarianceError;
        double error = unbiased * (VarianceError + (_rounding.Gamma(3) * variance));
        return (_rounding.Gamma(4) * (((1 + momentum) * Math.Abs(old)) + (momentum * ((unbiased * variance) + error)))) + (momentum * error) + (8 * _rounding.Underflow);
    }

    /// <summary>E_y = |γ|·E_x̂·(1 + γ_2) + γ_2·(|γ|·|x̂| + |β|).</summary>
    public double Output(int row, double gamma, double beta)
    {
        double scaled = Math.Abs(gamma) * NormalizedError(row) * (1 + _rounding.Gamma(2));
        return scaled + (_rounding.Gamma(2) * ((Math.Abs(gamma) * Normalized(row)) + Math.Abs(beta))) + (2 * _rounding.Underflow);
    }

    /// <summary>γ_{N+1}·(|old| + Σ|dy|) + (N + 1)·η.</summary>
    public double Beta(double[] dy, double old) => (_rounding.Gamma(Rows + 1) * (Math.Abs(old) + dy.Sum(Math.Abs))) + ((Rows + 1) * _rounding.Underflow);

    /// <summary>Σ|dy|·E_x̂ + γ_{N+2}·(|old| + Σ|dy|·(|x̂| + E_x̂)) + (2N + 2)·η.</summary>
    public double Gamma(double[] dy, double old)
    {
        double carried = 0, terms = Math.Abs(old);
        for (int i = 0; i < Rows; i++)
        {
            carried += Math.Abs(dy[i]) * NormalizedError(i);
            terms += Math.Abs(dy[i]) * (Normalized(i) + NormalizedError(i));
        }

        return carried + (_rounding.Gamma(Rows + 2) * terms) + (((2 * Rows) + 2) * _rounding.Underflow);
    }

    /// <summary>|γ|/σ·((1 + r)·bracket error + (r + γ_6)·bracket), the bracket being |dy| + mean|dy| + |x̂|·mean|dy·x̂| without signs; per row.</summary>
    public double[] Inputs(double[] dy, double gamma, bool fixedStatistics)
    {
        double meanGradient = 0, meanProduct = 0, productError = 0;
        for (int i = 0; i < Rows && !fixedStatistics; i++)
        {
            meanGradient += Math.Abs(dy[i]) / Rows;
            meanProduct += Math.Abs(dy[i]) * Normalized(i) / Rows;
            productError += Math.Abs(dy[i]) * NormalizedError(i) / Rows;
        }

        productError += _rounding.Gamma(Rows + 4) * (meanProduct + productError);
        double scale = Math.Abs(gamma) / _deviation, growth = _inverseError + _rounding.Gamma(6);
        double[] errors = new double[Rows];
        for (int row = 0; row < Rows; row++)
        {
            double x = Normalized(row), xError = NormalizedError(row);
            double bracket = Math.Abs(dy[row]) + meanGradient + (x * meanProduct);
            double carried = (_rounding.Gamma(Rows + 3) * meanGradient) + (xError * (meanProduct + productError)) + (x * productError);
            double error = carried + (_rounding.Gamma(5) * (bracket + carried));
            errors[row] = (scale * (((1 + growth) * error) + (growth * bracket))) + (4 * _rounding.Underflow);
        }

        return errors;
    }

    private double Normalized(int row) => Math.Abs(_x[row] - _mean) / _deviation;

    /// <summary>E_x̂ = ((|x − μ| + E)·(1 + r)·(1 + γ_4) − |x − μ|)/σ with E = E_μ + u·(|x − μ| + E_μ).</summary>
    private double NormalizedError(int row)
    {
        double distance = Math.Abs(_x[row] - _mean);
        double error = MeanError + (_rounding.U * (distance + MeanError));

        // γ/σ·x + (β − μ·γ/σ) instead of a difference first.
        error += _rounding.AnyAlgorithm ? _rounding.Gamma(8) * (Math.Abs(_x[row]) + Math.Abs(_mean)) : 0;
        double growth = _inverseError + (_rounding.Gamma(4) * (1 + _inverseError));
        return (error + ((distance + error) * growth)) / _deviation;
    }
}
