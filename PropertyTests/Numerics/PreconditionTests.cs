using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace PropertyTests.Numerics;

/// <summary>Constants that an op documents as out of range are refused by its constructor, by name.</summary>
public sealed class PreconditionTests
{
    public static TheoryData<double> NotPositive => [0, -1e-5, double.NaN, double.PositiveInfinity];

    public static TheoryData<double> NotFromZero => [-1e-9, double.NaN, double.PositiveInfinity];

    [Theory]
    [MemberData(nameof(NotPositive))]
    public void Batch_normalisation_needs_an_epsilon_above_0(double epsilon)
    {
        TensorRef<float> x = New(2, 3), c = New(3);
        Refuses("epsilon", () => new BatchNormForward<float>(x, c, c, x, c, c, c, c, 0.1, epsilon));
        Refuses("epsilon", () => new BatchNormInference<float>(x, c, c, c, c, x, epsilon));
        Refuses("epsilon", () => new BatchNormBackward<float>(x, c, c, c, x, x, c, c, epsilon, FixedStatistics: true));
    }

    [Theory]
    [MemberData(nameof(NotPositive))]
    public void A_clip_factor_needs_a_limit_above_0(double limit) => Refuses("limit", () => new ClipFactor<float>(New(1), New(1), limit));

    [Theory]
    [MemberData(nameof(NotFromZero))]
    public void A_step_needs_momentum_decay_and_multiplier_from_0(double value)
    {
        Refuses("Momentum", () => Step(new SgdSettings(Momentum: value)));
        Refuses("WeightDecay", () => Step(new SgdSettings(WeightDecay: value)));
        Refuses("RateMultiplier", () => Step(new SgdSettings(RateMultiplier: value)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Label_smoothing_lies_between_0_and_1(double smoothing) => Assert.All([1.0, -1.0], sign =>
    {
        // NaN of either sign: comparisons alone do not catch both.
        double value = double.IsNaN(smoothing) ? double.CopySign(smoothing, sign) : smoothing;
        TensorRef<float> logits = New(2, 3);
        TensorRef<int> labels = new HostMemory<int>(2).All();
        Refuses("smoothing", () => new LossForward<float>(logits, labels, New(2), value));
        Refuses("smoothing", () => new LossBackward<float>(logits, labels, New(1), logits, value));
    });

    private static SgdStep<float> Step(SgdSettings settings) => new(New(4), New(4), New(4), New(1), New(1), settings);

    private static TensorRef<float> New(params int[] extents)
    {
        Shape shape = new(extents);
        return new HostMemory<float>(shape.Length).View(0, shape);
    }

    private static void Refuses(string name, Func<object> make) => Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
}
