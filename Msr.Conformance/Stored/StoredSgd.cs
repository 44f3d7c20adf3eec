using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Stored;

/// <summary>Stored trajectories of the optimizer.</summary>
internal static class StoredSgd
{
    public static void Steps(StoredRun c)
    {
        c.AllowOnly("rule", "type", "momentum", "dampening", "weight_decay", "nesterov", "lr", "lr_per_step", "steps");
        if (c.Attributes.Text("type", "sgd") is var type && type != "sgd")
        {
            throw new UnsupportedCaseException($"the optimizer '{type}'");
        }

        if (!c.Has("p0"))
        {
            throw new StoredFormatException("there is no tensor 'p0'");
        }

        for (int parameter = 0; c.Has($"p{parameter}"); parameter++)
        {
            Steps(c, parameter);
        }
    }

    /// <summary>The learning rate of each step.</summary>
    public static double[] Rates(StoredAttributes attributes, int steps)
    {
        double[] rates = attributes.IsList("lr_per_step") ? attributes.Numbers("lr_per_step")
            : attributes.IsList("lr") ? attributes.Numbers("lr") : [.. Enumerable.Repeat(attributes.Number("lr"), steps)];
        return rates.Length >= steps ? rates : throw new StoredFormatException($"there are {rates.Length} learning rates for {steps} steps");
    }

    /// <summary>Every step starts from the computed state, so errors go on through the recurrence, and so does their bound.</summary>
    private static void Steps(StoredRun c, int parameter)
    {
        StoredAttributes attributes = c.Attributes;
        SgdSettings settings = new(attributes.Number("momentum", 0), attributes.Flag("nesterov"), attributes.Number("weight_decay", 0));
        int steps = attributes.Integer("steps");
        double[] rates = Rates(attributes, steps), w = c.Stored.Reals($"p{parameter}"), v = new double[w.Length];
        OpCase step = SgdStepEntry.Instance.Case(w.Length, settings);
        SgdErrors own = new(step, w.Length, Rounding.Of(c.Subject.Info.Accuracy)), stored = new(step, w.Length, Rounding.OfTruth);
        for (int t = 0; t < steps; t++)
        {
            double gain = t == 0 ? 1 : 1 - attributes.Number("dampening", 0);
            CaseData data = new()
            {
                Reals =
                {
                    ["w"] = w,
                    ["g"] = c.Stored.Reals($"g{parameter}.t{t}"),
                    ["v"] = v,
                    ["rate"] = [c.Subject.Round(rates[t])],
                    ["gain"] = [c.Subject.Round(gain)],
                },
            };
            own.Advance(data);
            stored.Advance(data);
            CaseData result = c.Run(step, data);
            (w, v) = (result.Reals["w"], result.Reals["v"]);
            c.CheckAsStored($"p{parameter}.t{t}", w, Sum(own.W, stored.W));
            c.CheckAsStored($"momentum{parameter}.t{t}", v, Sum(own.V, stored.V));
        }

        c.CheckAsStored($"p{parameter}.final", w, Sum(own.W, stored.W));
        c.CheckAsStored($"momentum{parameter}.final", v, Sum(own.V, stored.V));
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, static (left, right) => left + right)];
}

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
        CaseData carried = Truth.Loops.Run(step, Magnitudes(data, W, new double[length], V)).Outputs;
        double[] w = Widen(data.Reals["w"], W), v = Widen(data.Reals["v"], V);
        CaseData fresh = Truth.Loops.Run(step, Magnitudes(data, w, data.Reals["g"], v)).Outputs;
        (W, V) = (Total(carried.Reals["w"], fresh.Reals["w"]), Total(carried.Reals["v"], fresh.Reals["v"]));
    }

    private static double[] Widen(double[] values, double[] errors) => [.. values.Zip(errors, static (value, error) => Math.Abs(value) + error)];

    private CaseData Magnitudes(CaseData data, double[] w, double[] g, double[] v) =>
        data.With("w", w).With("g", g).With("v", v).Select(step.Magnitude);

    private double[] Total(double[] carried, double[] fresh) =>
        [.. carried.Zip(fresh, (old, added) => old + (rounding.Gamma(12) * added) + (12 * rounding.Underflow))];
}
