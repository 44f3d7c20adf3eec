using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Plans;

/// <summary>Replays single steps on the reference: in float64 for the truth, and in float32 to see what rounding does to this very step.</summary>
internal sealed class StepReplay : IDisposable
{
    private static readonly Subject<float> s_single = new(new ReferenceBackend<float>());

    private readonly Rectifiers _singleRectifiers = new();
    private readonly Rectifiers _doubleRectifiers = new();
    private readonly PlanRun _single;
    private readonly PlanRun _double;

    public StepReplay(PlanCase planCase)
    {
        _single = planCase.Open(s_single, new PlanOptions(Interpreted: true, _singleRectifiers));
        _double = planCase.Open(Truth.Reference, new PlanOptions(Interpreted: true, _doubleRectifiers));
    }

    /// <summary>The replayed step in float32.</summary>
    public PlanState Single { get; private set; } = new([]);

    /// <summary>The replayed step in float64.</summary>
    public PlanState Truth64 { get; private set; } = new([]);

    /// <summary>Sums of the losses in float32 and float64.</summary>
    public (double Single, double Double) Losses { get; private set; }

    /// <summary>Replays a step.</summary>
    /// <param name="from">The parameters and momentum it starts from.</param>
    /// <param name="step">The step.</param>
    public void Run(PlanState from, int step)
    {
        _singleRectifiers.Clear();
        _doubleRectifiers.Clear();
        _single.Restore(from);
        _double.Restore(from);
        _single.Step(step);
        _double.Step(step);
        (Single, Truth64) = (_single.State(gradients: true), _double.State(gradients: true));
        Losses = (_single.Report.LossSum, _double.Report.LossSum);
    }

    /// <summary>The rule by which a step from the same start is judged.</summary>
    /// <param name="accuracy">What the backend under test declares.</param>
    /// <param name="truth">Another truth than the replay's own, such as that of one large batch.</param>
    public StepRule Rule(Accuracy accuracy, (PlanState State, double Loss)? truth = null)
    {
        double scale = (accuracy.UnitRoundoff + accuracy.InputRounding) / Accuracy.Single.UnitRoundoff;
        bool undecided = Rectifiers.AreUndecided(_singleRectifiers, _doubleRectifiers, Math.Max(scale, Math.ScaleB(1, -29)));
        return new StepRule(scale, undecided, (Single, Losses.Single), truth ?? (Truth64, Losses.Double));
    }

    public void Dispose()
    {
        _single.Dispose();
        _double.Dispose();
    }
}
