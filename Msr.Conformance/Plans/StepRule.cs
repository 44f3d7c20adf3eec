using Msr.Conformance.Laws;
using Msr.Core.Backends;

namespace Msr.Conformance.Plans;

/// <summary>
/// How far a whole step may be from the float64 replay: 16 times what float32 replays of the same step are off by, scaled to the declared
/// rounding, plus 16 roundings; per tensor in relative L2. docs/adr/0004 derives the rule. Where a rectifier is undecided, the loss alone is judged.
/// </summary>
/// <param name="scale">The declared rounding over 2⁻²⁴.</param>
/// <param name="decided">Whether every rectifier of the step is decided at that rounding.</param>
/// <param name="rounded">The float32 replays and their losses.</param>
/// <param name="truth">The float64 replay and its loss.</param>
internal sealed class StepRule(double scale, bool decided, (PlanState State, double Loss)[] rounded, (PlanState State, double Loss) truth)
{
    private const double Margin = 16;
    private const double LargestCalibration = 1.0 / 128;

    /// <summary>Judges a step.</summary>
    /// <param name="tested">What it left, gradients included.</param>
    /// <param name="loss">The sum of its losses.</param>
    public LawOutcome Judge(PlanState tested, double loss)
    {
        List<(string Name, double Error, double Rounding)> findings = [("the loss", RelativeError([loss], [truth.Loss]), rounded.Max(replay => RelativeError([replay.Loss], [truth.Loss])))];
        for (int i = 0; i < tested.Tensors.Count && decided; i++)
        {
            (string name, ParameterPart part, double[] got) = tested.Tensors[i];
            double[] exact = truth.State.Tensors[i].Values;
            findings.Add(($"{part} of '{name}'", RelativeError(got, exact), rounded.Max(replay => RelativeError(replay.State.Tensors[i].Values, exact))));
        }

        // Clipping hands the error of one gradient to all others.
        bool allDecided = findings.TrueForAll(static finding => finding.Rounding <= LargestCalibration);
        double worst = 0;
        foreach ((string name, double error, double rounding) in findings.Where(static finding => finding.Name == "the loss" || finding.Rounding <= LargestCalibration))
        {
            double own = name == "the loss" || allDecided ? scale : Math.Max(1, scale);
            double allowed = Margin * ((own * rounding) + (scale * Accuracy.Single.UnitRoundoff));
            worst = Math.Max(worst, error / allowed);
            if (!(error <= allowed))
            {
                return LawOutcome.Failed($"{name} is {error:G4} from the float64 replay in relative L2, allowed are {allowed:G4}");
            }
        }

        return LawOutcome.Holds(worst);
    }

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
