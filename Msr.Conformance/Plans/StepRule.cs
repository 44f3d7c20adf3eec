using Msr.Conformance.Cases;
using Msr.Core.Backends;
using Msr.Core.Optimizers;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>
/// How far a whole step may be from the float64 replay: 16 times what float32 replays of the same step are off by, scaled to the declared
/// rounding, plus 16 roundings; the loss and every tensor in relative L2. docs/adr/0004 derives the rule. The differences that an optimizer which is
/// not linear makes of gradients within these bounds are allowed besides; docs/adr/0010.
/// </summary>
/// <param name="scale">The declared rounding over 2⁻²⁴.</param>
/// <param name="rounded">The float32 replays and their losses; the largest error of a tensor counts.</param>
/// <param name="truth">The float64 replay and its loss.</param>
/// <param name="direction">What the optimizer adds to the bounds.</param>
internal sealed class StepRule(double scale, (PlanState State, double Loss)[] rounded, (PlanState State, double Loss) truth, DirectionAllowance direction)
{
    private const double Margin = 16;
    private const double LargestCalibration = 1.0 / 128;

    // What a few ReLUs that rounding decides may make of a gradient; a wrong op makes more of it.
    private const double FewReluInputs = 1.0 / 16;

    /// <summary>Whether every ReLU of the step is decided at that rounding; where one is not, the loss alone is judged.</summary>
    public bool AreReluInputsDecided { get; init; } = true;

    /// <summary>Whether convolutions are transformed, which rounds so much more that in most steps a few ReLUs fall on another side than in any one replay.</summary>
    public bool Transforms { get; init; }

    /// <summary>Judges a step.</summary>
    /// <param name="tested">What it left, gradients included.</param>
    /// <param name="loss">The sum of its losses.</param>
    public LawOutcome Judge(PlanState tested, double loss)
    {
        StepCheckReport report = Compare(0, tested, loss);
        return report.Passed
            ? LawOutcome.Holds(report.Error / report.Allowed)
            : LawOutcome.Failed($"{report.Worst} is {report.Error:G4} from the float64 replay in relative L2, allowed are {report.Allowed:G4}");
    }

    /// <summary>Compares a step, and names the quantity that comes closest to its bound or is furthest beyond it.</summary>
    /// <param name="step">The index of the step.</param>
    /// <param name="tested">What it left, gradients included.</param>
    /// <param name="loss">The sum of its losses.</param>
    public StepCheckReport Compare(long step, PlanState tested, double loss)
    {
        Quantity[] all =
        [
            new("the loss", -1, RelativeError([loss], [truth.Loss]), rounded.Max(replay => RelativeError([replay.Loss], [truth.Loss]))),
            .. tested.Tensors.Select((tensor, i) => new Quantity(NameOf(tensor.Name, tensor.Part), i, RelativeError(tensor.Values, truth.State.Tensors[i].Values), RoundingOf(i))),
        ];
        Quantity[] decided = [.. all.Where(quantity => quantity.IsLoss || (AreReluInputsDecided && quantity.Rounding <= LargestCalibration))];

        // Which side of zero a ReLU falls on does not scale with the precision, and clipping hands the error of one gradient to all others.
        double ofTensors = decided.Length == all.Length ? scale : Math.Max(1, scale);
        (Quantity Quantity, double Allowed)[] judged =
        [
            .. decided.Select(quantity => (quantity, Allowed: AllowedFor(quantity, quantity.IsLoss ? scale : ofTensors)))
                .Where(pair => !(Transforms && !pair.quantity.IsLoss && pair.quantity.Error > pair.Allowed && pair.quantity.Error <= FewReluInputs)),
        ];
        return judged
            .Select(pair => new StepCheckReport(step, judged.Length, all.Length - judged.Length, pair.Quantity.Name, pair.Quantity.Error, pair.Allowed))
            .MaxBy(static report => (double.IsNaN(report.Error), report.Error / report.Allowed))!;
    }

    private static string NameOf(string name, ParameterPart part) => part == ParameterPart.Value ? $"'{name}'" : $"the {part} of '{name}'";

    private double AllowedFor(Quantity quantity, double own)
    {
        double spread = quantity.IsLoss ? 0 : direction.Of(truth.State, quantity.Tensor, moment => Allowed(own, RoundingOf(moment)));
        return Allowed(own, quantity.Rounding) + spread;
    }

    private double Allowed(double own, double rounding) => Margin * ((own * rounding) + (scale * Accuracy.Single.UnitRoundoff));

    /// <summary>The error of the float32 replays in a tensor.</summary>
    private double RoundingOf(int tensor) =>
        rounded.Max(replay => RelativeError(replay.State.Tensors[tensor].Values, truth.State.Tensors[tensor].Values));

    /// <summary>‖x − truth‖/‖truth‖; where the truth is zero, so must x be.</summary>
    private static double RelativeError(double[] x, double[] exact)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < x.Length; i++)
        {
            difference += (x[i] - exact[i]) * (x[i] - exact[i]);
            norm += exact[i] * exact[i];
        }

        return difference == 0 ? 0 : Math.Sqrt(difference / norm);
    }

    /// <summary>A quantity to compare: the loss or a tensor of the state, how far it is from the truth, and how far float32 is.</summary>
    private readonly record struct Quantity(string Name, int Tensor, double Error, double Rounding)
    {
        public bool IsLoss => Tensor < 0;
    }
}

/// <summary>The allowance for a direction of the optimizer, and for a parameter that goes along it, because its gradients are off; rounding of their own comes besides.</summary>
/// <param name="optimizer">The optimizer.</param>
/// <param name="rates">The learning rate of every trained parameter in the step.</param>
/// <param name="from">The parameters and states before the step.</param>
/// <param name="step">The step.</param>
internal sealed class DirectionAllowance(Optimizer optimizer, IReadOnlyDictionary<string, double> rates, PlanState from, long step)
{
    /// <summary>The allowance for a step of a generated case.</summary>
    public static DirectionAllowance Of(PlanCase planCase, PlanState from, int step) =>
        new(planCase.Rule.Optimizer, Rates(planCase.BuildPlan<double>(), planCase.Rule, planCase.Rate(step)), from, step);

    /// <summary>The learning rate of every trained parameter.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rule">Its update rule.</param>
    /// <param name="rate">The rate of the step.</param>
    public static Dictionary<string, double> Rates(Plan<double> plan, UpdateRule rule, double rate) => plan.Parameters
        .Where(static parameter => parameter.Gradient is not null)
        .ToDictionary(static parameter => parameter.Name, parameter => rate * rule.GroupOf(parameter.Kind).RateMultiplier, StringComparer.Ordinal);

    /// <summary>The allowance of a tensor, relative to it; 0 for a state, which takes gradients in as they are.</summary>
    /// <param name="truth">The state after the step.</param>
    /// <param name="tensor">Which of its tensors.</param>
    /// <param name="allowed">What another tensor of the state may be off by relative to itself.</param>
    public double Of(PlanState truth, int tensor, Func<int, double> allowed)
    {
        (string name, ParameterPart part, double[] values) = truth.Tensors[tensor];
        if (part.IsState || !rates.TryGetValue(name, out double rate))
        {
            return 0;
        }

        double spread = optimizer.Spread(
            step,
            state => from.Tensors[IndexOf(from, name, state)].Values,
            state => truth.Tensors[IndexOf(truth, name, state)].Values,
            state => allowed(IndexOf(truth, name, state)));
        return spread == 0 ? 0 : spread * (part == ParameterPart.Gradient ? 1 : rate) / Norm(values);
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
}
