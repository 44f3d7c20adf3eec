using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Plans;

/// <summary>What a direction of Adam, and a parameter that goes along it, may be off by because gradients are, beside rounding of their own.</summary>
/// <param name="planCase">The case.</param>
/// <param name="settings">The constants.</param>
/// <param name="from">The parameters and moments before the step.</param>
/// <param name="step">The step.</param>
internal sealed class AdamAllowance(PlanCase planCase, AdamSettings settings, PlanState from, int step)
{
    private readonly Dictionary<string, double> _rates = planCase.BuildPlan<double>().Parameters.ToDictionary(
        static parameter => parameter.Name, parameter => planCase.Rate(step) * planCase.Rule.GroupOf(parameter.Kind).RateMultiplier, StringComparer.Ordinal);

    /// <summary>The allowance of a tensor, relative to it; 0 for moments, which take gradients in as they are.</summary>
    /// <param name="truth">The state after the step.</param>
    /// <param name="tensor">Which of its tensors.</param>
    /// <param name="allowed">What the first moment, a tensor of the state, may be off by relative to itself.</param>
    public double Of(PlanState truth, int tensor, Func<int, double> allowed)
    {
        (string name, ParameterPart part, double[] values) = truth.Tensors[tensor];
        int moment = IndexOf(truth, name, ParameterPart.Momentum);
        if (part is ParameterPart.Momentum or ParameterPart.SecondMoment || moment < 0)
        {
            return 0;
        }

        double[] first = truth.Tensors[moment].Values;
        double shift = allowed(moment) * Norm(first) / Math.Sqrt(first.Length) / (1 - settings.Beta1);
        double spread = DirectionSpread.Norm(settings, step, Before(name, ParameterPart.Momentum), Before(name, ParameterPart.SecondMoment), first, shift);
        return spread == 0 ? 0 : spread * (part == ParameterPart.Gradient ? 1 : _rates[name]) / Norm(values);
    }

    private static int IndexOf(PlanState state, string name, ParameterPart part)
    {
        for (int i = 0; i < state.Tensors.Count; i++)
        {
            if (state.Tensors[i].Name == name && state.Tensors[i].Part == part)
            {
                return i;
            }
        }

        return -1;
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(static value => value * value));

    private double[] Before(string name, ParameterPart part) => from.Tensors[IndexOf(from, name, part)].Values;
}
