using Msr.Conformance.Bounds;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Outside;

/// <summary>
/// The bound of a trajectory of SGD. A step is linear with coefficients whose absolute values are those of the step on magnitudes, M; so
/// errors go on as M(E_w, 0, E_v), and γ_12·M(|w| + E_w, |g|, |v| + E_v) is added.
/// </summary>
internal sealed class SgdErrors(OpCase step, int length, Rounding rounding)
{
    /// <summary>E_w.</summary>
    public double[] W { get; private set; } = new double[length];

    /// <summary>E_v.</summary>
    public double[] V { get; private set; } = new double[length];

    /// <summary>Goes one step further.</summary>
    /// <param name="data">What the step reads: the computed state.</param>
    public void Advance(CaseData data)
    {
        CaseData carried = Truth.Reference.Run(step, Magnitudes(data, W, new double[length], V)).Outputs;
        double[] w = Widen(data.Reals["w"], W), v = Widen(data.Reals["v"], V);
        CaseData fresh = Truth.Reference.Run(step, Magnitudes(data, w, data.Reals["g"], v)).Outputs;
        (W, V) = (Total(carried.Reals["w"], fresh.Reals["w"]), Total(carried.Reals["v"], fresh.Reals["v"]));
    }

    private static double[] Widen(double[] values, double[] errors) => [.. values.Zip(errors, static (value, error) => Math.Abs(value) + error)];

    private CaseData Magnitudes(CaseData data, double[] w, double[] g, double[] v) =>
        data.With("w", w).With("g", g).With("v", v).Select(step.Magnitude);

    private double[] Total(double[] carried, double[] fresh) =>
        [.. carried.Zip(fresh, (old, added) => old + (rounding.Gamma(12) * added) + (12 * rounding.Underflow))];
}
