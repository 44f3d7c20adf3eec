using Msr.Conformance.Bounds;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Outside;

/// <summary>Stored trajectories of the optimiser.</summary>
internal static class OutsideSgd
{
    public static void Steps(OutsideCase c)
    {
        c.AllowOnly("rule", "type", "momentum", "dampening", "weight_decay", "nesterov", "lr", "lr_per_step", "steps");
        if (c.Attributes.Text("type", "sgd") is var type && type != "sgd")
        {
            throw new UnsupportedCaseException($"the optimiser '{type}'");
        }

        if (!c.Has("p0"))
        {
            throw new NeutralFormatException("there is no tensor 'p0'");
        }

        for (int parameter = 0; c.Has($"p{parameter}"); parameter++)
        {
            Steps(c, parameter);
        }
    }

    /// <summary>The learning rate of each step.</summary>
    public static double[] Rates(NeutralAttributes attributes, int steps)
    {
        double[] rates = attributes.IsList("lr_per_step") ? attributes.Numbers("lr_per_step")
            : attributes.IsList("lr") ? attributes.Numbers("lr") : [.. Enumerable.Repeat(attributes.Number("lr"), steps)];
        return rates.Length >= steps ? rates : throw new NeutralFormatException($"there are {rates.Length} learning rates for {steps} steps");
    }

    /// <summary>Every step starts from the computed state, so errors go on through the recurrence, and so does their bound.</summary>
    private static void Steps(OutsideCase c, int parameter)
    {
        NeutralAttributes attributes = c.Attributes;
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
