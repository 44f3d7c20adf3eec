using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;

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
        return new StepRule(scale, [.. _rounded], truth ?? _exact, DirectionAllowance.Of(_case, from, step)) { AreReluInputsDecided = decided };
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
