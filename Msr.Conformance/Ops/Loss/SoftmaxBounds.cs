using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops.Loss;

/// <summary>The error of softmax and of its cross-entropy for one row of logits; docs/error-bounds.md, "softmax cross-entropy".</summary>
internal sealed class SoftmaxBounds
{
    private readonly double[] _shifted;
    private readonly double _sum;
    private readonly double _sumError;
    private readonly Rounding _rounding;

    public SoftmaxBounds(ReadOnlySpan<double> logits, Rounding rounding)
    {
        double max = logits[0];
        foreach (double logit in logits)
        {
            max = Math.Max(max, logit);
        }

        _rounding = rounding;
        _shifted = Array.ConvertAll(logits.ToArray(), logit => logit - max);
        _sum = _shifted.Sum(Math.Exp);
        double meanShift = _shifted.Sum(static a => Math.Abs(a) * Math.Exp(a)) / _sum;
        int roundings = _shifted.Length + Transcendental.Roundings + 1;
        _sumError = (1.02 * rounding.U * meanShift) + rounding.Gamma(roundings) + (_shifted.Length * rounding.Underflow);
    }

    /// <summary>Σ_k q̃_k·(1.03·ρ + γ_{K+11}·(log S + |a_k|)).</summary>
    public double Loss(int label, double smoothing)
    {
        double error = 0;
        for (int k = 0; k < _shifted.Length; k++)
        {
            double path = _rounding.Gamma(_shifted.Length + 11) * (Math.Log(_sum) + Math.Abs(_shifted[k]));
            error += Target(k == label, smoothing) * ((1.03 * _sumError) + path);
        }

        return error + _rounding.Underflow;
    }

    /// <summary>|scale|·(p_k·(1.02·u·|a_k| + 1.03·ρ + γ_10) + γ_7·q̃_k) + 4·(1 + |scale|)·η.</summary>
    public double Gradient(int k, bool isLabel, double smoothing, double scale)
    {
        double p = Math.Exp(_shifted[k]) / _sum;
        double relative = (1.02 * _rounding.U * Math.Abs(_shifted[k])) + (1.03 * _sumError) + _rounding.Gamma(10);
        double size = Math.Abs(scale);
        return (size * ((p * relative) + (_rounding.Gamma(7) * Target(isLabel, smoothing)))) + (4 * (1 + size) * _rounding.Underflow);
    }

    /// <summary>q̃: the terms that a target is made of, without their signs.</summary>
    private double Target(bool isLabel, double smoothing) => (isLabel ? 1 + smoothing : 0) + (smoothing / _shifted.Length);
}
