using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>
/// Replays single steps on the reference: in float64 for the truth, and a few times in float32 to see what rounding does to this very step. One
/// float32 replay may round luckily, above all in a tensor of few elements; so the others start from parameters that are off by one rounding.
/// </summary>
internal sealed class StepReplay : IDisposable
{
    private const int Roundings = 4;

    private readonly PlanCase _case;
    private readonly RandomStream _stream;
    private readonly ReluInputs _singleReluInputs = new();
    private readonly ReluInputs _doubleReluInputs = new();
    private readonly Subject<float> _calibration;
    private readonly PlanRun _single;
    private readonly PlanRun _double;
    private readonly List<(PlanState State, double Loss)> _rounded = [];
    private (PlanState State, double Loss) _exact = (new([]), 0);

    public StepReplay(PlanCase planCase, Subject subject)
    {
        (_case, _calibration) = (planCase, subject.OpenCalibration());
        _stream = new RandomStream(planCase.Descriptor.Seed).Split("replay");
        _single = planCase.Open(_calibration, new PlanOptions(Interpreted: true, _singleReluInputs));
        _double = planCase.Open(Truth.DeciderOfSteps(subject), new PlanOptions(Interpreted: true, _doubleReluInputs));
    }

    /// <summary>Replays a step.</summary>
    /// <param name="from">The parameters and momentum it starts from.</param>
    /// <param name="step">The step.</param>
    /// <param name="scale">The declared rounding of the backend under test over 2⁻²⁴.</param>
    /// <returns>Whether every ReLU is decided at that rounding.</returns>
    private bool Run(PlanState from, int step, double scale)
    {
        _rounded.Clear();
        _doubleReluInputs.Clear();
        _exact = Step(_double, from, step);
        bool decided = true;
        for (int i = 0; i < Roundings; i++)
        {
            _singleReluInputs.Clear();
            _rounded.Add(Step(_single, i == 0 ? from : Disturbed(from, new Draws(_stream.Split((ulong)i))), step));
            decided &= !ReluInputs.AreUndecided(_singleReluInputs, _doubleReluInputs, scale);
        }

        return decided;
    }

    /// <summary>The rule by which a backend's step from a state is judged.</summary>
    /// <param name="accuracy">What the backend under test declares.</param>
    /// <param name="from">The parameters and momentum the step starts from.</param>
    /// <param name="step">The step.</param>
    /// <param name="truth">Another truth than the replay's own, such as that of one large batch.</param>
    public StepRule Rule(Accuracy accuracy, PlanState from, int step, (PlanState State, double Loss)? truth = null)
    {
        double scale = (accuracy.UnitRoundoff + accuracy.InputRounding) / Accuracy.Single.UnitRoundoff;
        bool decided = Run(from, step, scale);
        return new StepRule(scale, decided, [.. _rounded], truth ?? _exact, new DirectionAllowance(_case, from, step));
    }

    public void Dispose()
    {
        _single.Dispose();
        _double.Dispose();
        _calibration.Dispose();
    }

    private static (PlanState State, double Loss) Step(PlanRun run, PlanState from, int step)
    {
        run.Restore(from);
        run.Step(step);
        return (run.State(gradients: true), run.Report.LossSum);
    }

    /// <summary>Every number one float32 up, down or as it is; a mean of squares stays one.</summary>
    private static PlanState Disturbed(PlanState state, Draws draws) => new([.. state.Tensors.Select(tensor => (
        tensor.Name,
        tensor.Part,
        Array.ConvertAll(tensor.Values, value => Math.Max(tensor.Part.IsNotNegative ? 0 : double.NegativeInfinity, draws.Between(-1, 1) switch
        {
            < 0 => MathF.BitDecrement((float)value),
            > 0 => MathF.BitIncrement((float)value),
            _ => (float)value,
        }))))]);
}

/// <summary>
/// How far a whole step may be from the float64 replay: 16 times what float32 replays of the same step are off by, scaled to the declared
/// rounding, plus 16 roundings; per tensor in relative L2. docs/adr/0004 derives the rule. Where a ReLU is undecided, the loss alone is judged.
/// The differences that an optimizer which is not linear makes of gradients within these bounds are allowed besides; docs/adr/0010.
/// </summary>
/// <param name="scale">The declared rounding over 2⁻²⁴.</param>
/// <param name="decided">Whether every ReLU of the step is decided at that rounding.</param>
/// <param name="rounded">The float32 replays and their losses.</param>
/// <param name="truth">The float64 replay and its loss.</param>
/// <param name="direction">What the optimizer adds to the bounds.</param>
internal sealed class StepRule(
    double scale, bool decided, (PlanState State, double Loss)[] rounded, (PlanState State, double Loss) truth, DirectionAllowance direction)
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
            findings.Add(($"the {part} of '{name}'", RelativeError(got, truth.State.Tensors[i].Values), RoundingOf(i), i));
        }

        // Clipping hands the error of one gradient to all others.
        bool allDecided = findings.TrueForAll(static finding => finding.Rounding <= LargestCalibration);
        double worst = 0;
        foreach ((string name, double error, double rounding, int tensor) in findings.Where(static finding => finding.Name == "the loss" || finding.Rounding <= LargestCalibration))
        {
            double own = name == "the loss" || allDecided ? scale : Math.Max(1, scale);
            double allowed = Allowed(own, rounding);
            allowed += tensor < 0 ? 0 : direction.Of(truth.State, tensor, moment => Allowed(own, RoundingOf(moment)));
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

/// <summary>What a direction of the optimizer, and a parameter that goes along it, may be off by because gradients are, beside rounding of their own.</summary>
/// <param name="planCase">The case.</param>
/// <param name="from">The parameters and states before the step.</param>
/// <param name="step">The step.</param>
internal sealed class DirectionAllowance(PlanCase planCase, PlanState from, int step)
{
    private readonly Optimizer _optimizer = planCase.Rule.Optimizer;
    private readonly Dictionary<string, double> _rates = planCase.BuildPlan<double>().Parameters.Where(static parameter => parameter.Gradient is not null).ToDictionary(
        static parameter => parameter.Name, parameter => planCase.Rate(step) * planCase.Rule.GroupOf(parameter.Kind).RateMultiplier, StringComparer.Ordinal);

    /// <summary>The allowance of a tensor, relative to it; 0 for a state, which takes gradients in as they are.</summary>
    /// <param name="truth">The state after the step.</param>
    /// <param name="tensor">Which of its tensors.</param>
    /// <param name="allowed">What another tensor of the state may be off by relative to itself.</param>
    public double Of(PlanState truth, int tensor, Func<int, double> allowed)
    {
        (string name, ParameterPart part, double[] values) = truth.Tensors[tensor];
        if (part.IsState || !_rates.TryGetValue(name, out double rate))
        {
            return 0;
        }

        double spread = _optimizer.Spread(
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
