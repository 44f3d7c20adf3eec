using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;

namespace Msr.Conformance.Faults;

/// <summary>Faults that no kernel is likely to have: each is there to show that one law can fail.</summary>
internal static class WitnessFaults
{
    public static Fault DataGradientOff { get; } = Result(
        "data-gradient-off", "one element of the gradient by the input is off by 1", ConvBackwardData<double>.Kind, "dx", static dx => dx[0] += 1);

    public static Fault FilterGradientHalved { get; } = Result(
        "filter-gradient-halved", "the gradient by the filters has half its size", ConvBackwardFilter<double>.Kind, "dw", static dw => Each(dw, static w => w / 2));

    public static Fault LossGradientOff { get; } = Result(
        "loss-gradient-off", "the gradient of the loss is off by 1 %", LossBackward<double>.Kind, "dlogits", static dlogits => Each(dlogits, static g => 1.01 * g));

    public static Fault BatchNormGradientOff { get; } = Result(
        "batch-norm-gradient-off", "the gradient by the input keeps a mean", BatchNormBackward<double>.Kind, "dx", static dx => Each(dx, static g => g + 0.25));

    public static Fault CopyAdds { get; } = Result("copy-adds", "a copy adds 1 to its first element", Copy<double>.Kind, "y", static y => y[0] += 1);

    public static Fault PoolByPlace { get; } = Result(
        "pool-by-place", "a maximum depends on its place in the plane", MaxPoolForward<double>.Kind, "y", ByPlace);

    public static Fault ConvolutionByPlace { get; } = Result(
        "convolution-by-place", "an output depends on its place in the plane", ConvForward<double>.Kind, "y", ByPlace);

    public static Fault ConvolutionSeesCommonMode { get; } = new ChangedOutput(
        "convolution-sees-common-mode", "a millionth of the first input is added to every output", static (before, _, y) => Each(y, value => value + (1e-6 * before("x")[0])), ConvForward<double>.Kind);

    public static Fault ProductByRows { get; } = new ChangedOutput(
        "product-by-rows", "a product depends on the number of its rows", static (_, operand, c) => c[0] += operand.Shape[0], MatMul<double>.Kind);

    public static Fault GroupsLeak { get; } = new ByGeometry("groups-leak", "the first output depends on the number of groups", static (g, y) => y[0] += g.Groups);

    public static Fault OneTapOff { get; } = new ByGeometry("one-tap-off", "the path for filters of one tap spoils the last output", static (g, y) => y[^1] += g.Taps == 1 ? 1 : 0);

    public static Fault ProjectionExpands { get; } = Result(
        "projection-expands", "what is projected is three times too large", IsoclineProject<double>.Kind, "x", static x => Each(x, static value => 3 * value));

    public static Fault ProjectionByPlace { get; } = Result(
        "projection-by-place", "what is projected depends on its place in the tensor", IsoclineProject<double>.Kind, "x", ByPlace);

    public static Fault ProjectionNotLinear { get; } = Result(
        "projection-not-linear", "the square of an element is added to it", IsoclineProject<double>.Kind, "x", static x => Each(x, static value => value + (value * value)));

    public static Fault NoiseAddsZero { get; } = Result(
        "noise-adds-zero", "noise that is off adds 0, which loses the sign of −0", NoiseApply<double>.Kind, "y", static y => Each(y, static value => value + 0.0));

    public static Fault StepByThreads { get; } = new RoundedByThreads();

    public static Fault DirectionNotProjected { get; } = new UnprojectedDirection();

    public static Fault FiltersTooLarge { get; } = new ChangedStep("filters-too-large", "filters start 0.1 % too large", write: static (_, value) => value * 1.001);

    public static Fault NoiseStaysOn { get; } = new ChangedStep("noise-stays-on", "noise cannot be switched off", static scalars => scalars with { NoiseStrength = 0.1 });

    public static Fault RateOff { get; } = new ChangedStep("rate-off", "the learning rate of a compiled step is off by 1 %", static scalars => scalars with { LearningRate = scalars.LearningRate * 1.01 });

    public static Fault LastBatchAlone { get; } = new ChangedStep("last-batch-alone", "a step takes the gradients of its last batch alone", static scalars => scalars with { Begins = true });

    public static Fault MomentumLost { get; } = new ChangedStep(
        "momentum-lost", "momentum that is written is lost", write: static (part, value) => part == Sgd.MomentumBuffer ? 0 : value);

    /// <summary>Spoils one result of an op.</summary>
    private static ChangedOutput Result(string name, string defect, string kind, string result, Action<double[]> spoil) => new(
        name,
        defect,
        (_, operand, values) =>
        {
            if (operand.Name == result)
            {
                spoil(values);
            }
        },
        kind);

    private static void Each(double[] values, Converter<double, double> change) => Array.ConvertAll(values, change).CopyTo(values, 0);

    private static void ByPlace(double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += i % 7;
        }
    }

    /// <summary>Spoils the output of a convolution, knowing its geometry.</summary>
    private sealed class ByGeometry(string name, string defect, Action<ConvGeometry, double[]> spoil) : Fault(name, defect, ConvForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] y = run.Read("y");
            spoil(((ConvolutionOp<T>)run.Op).Geometry, y);
            run.Write("y", y);
        }
    }

    private sealed class RoundedByThreads() : Fault("step-by-threads", "on several threads the first parameter is rounded up", SgdStep<double>.Kind)
    {
        public override bool NeedsThreads => true;

        public override bool NeedsSteps => true;

        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] w = run.Read("w");
            w[0] = run.Threads > 1 ? double.CreateChecked(T.BitIncrement(T.CreateChecked(w[0]))) : w[0];
            run.Write("w", w);
        }
    }

    /// <summary>The projection between the direction of Adam and the step is left out: projecting the gradient is not enough.</summary>
    private sealed class UnprojectedDirection() : Fault(
        "direction-not-projected", "the gradient is projected, but not the direction of Adam", AdamDirection<double>.Kind, IsoclineProject<double>.Kind, SgdStep<double>.Kind)
    {
        private const string Directed = "directed";

        public override bool NeedsSteps => true;

        public override void Run<T>(FaultyRun<T> run)
        {
            if (run.Op is AdamDirection<T>)
            {
                run.Memory[Directed] = [];
            }
            else if (run.Op is SgdStep<T>)
            {
                run.Memory.Remove(Directed);
            }
            else if (run.Memory.ContainsKey(Directed))
            {
                return;
            }

            run.Pass();
        }
    }
}
