using Msr.Conformance.Laws;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>
/// How far a whole step may be from the float64 replay: 16 times what float32 replays of the same step are off by, scaled to the declared
/// rounding, plus 16 roundings; per tensor in relative L2. docs/adr/0004 derives the rule. Where a rectifier is undecided, the loss alone is judged.
/// What Adam makes of gradients within these bounds is allowed besides; docs/adr/0010.
/// </summary>
/// <param name="scale">The declared rounding over 2⁻²⁴.</param>
/// <param name="decided">Whether every rectifier of the step is decided at that rounding.</param>
/// <param name="rounded">The float32 replays and their losses.</param>
/// <param name="truth">The float64 replay and its loss.</param>
/// <param name="adam">What Adam adds to the bounds; none without it.</param>
internal sealed class StepRule(
    double scale, bool decided, (PlanState State, double Loss)[] rounded, (PlanState State, double Loss) truth, AdamAllowance? adam)
{
    private const double Margin = 16;
    private const double LargestCalibration = 1.0 / 128;

    /// <summary>Judges a step.</summary>
    /// <param name="tested">What it left, gradients included.</param>
    /// <param name="loss">The sum of its losses.</param>
    public LawOutcome Judge(PlanState tested, double loss)
    {
        List<(string Name, double Error, double Rounding, int Tensor)> findings =
            [("the loss", RelativeError([loss], [truth.Loss]), rounded.Max(replay => RelativeError([replay.Loss], [truth.Loss])), -1)];
        for (int i = 0; i < tested.Tensors.Count && decided; i++)
        {
            (string name, ParameterPart part, double[] got) = tested.Tensors[i];
            findings.Add(($"{part} of '{name}'", RelativeError(got, truth.State.Tensors[i].Values), RoundingOf(i), i));
        }

        // Clipping hands the error of one gradient to all others.
        bool allDecided = findings.TrueForAll(static finding => finding.Rounding <= LargestCalibration);
        double worst = 0;
        foreach ((string name, double error, double rounding, int tensor) in findings.Where(static finding => finding.Name == "the loss" || finding.Rounding <= LargestCalibration))
        {
            double own = name == "the loss" || allDecided ? scale : Math.Max(1, scale);
            double allowed = Allowed(own, rounding);
            allowed += tensor < 0 || adam is null ? 0 : adam.Of(truth.State, tensor, moment => Allowed(own, RoundingOf(moment)));
            worst = Math.Max(worst, error / allowed);
            if (!(error <= allowed))
            {
                return LawOutcome.Failed($"{name} is {error:G4} from the float64 replay in relative L2, allowed are {allowed:G4}");
            }
        }

        return LawOutcome.Holds(worst);
    }

    private double Allowed(double own, double rounding) => Margin * ((own * rounding) + (scale * Accuracy.Single.UnitRoundoff));

    /// <summary>What float32 replays are off by in a tensor.</summary>
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
}
