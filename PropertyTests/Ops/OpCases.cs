using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>The op table: how to generate a case of every kind. A test proves that no kind is missing.</summary>
internal static class OpCases
{
    /// <summary>A generator per kind of op.</summary>
    public static IReadOnlyDictionary<string, Func<Draws, OpCase>> Generators { get; } =
        new Dictionary<string, Func<Draws, OpCase>>(StringComparer.Ordinal)
        {
            [Fill<double>.Kind] = static d => ElementwiseCases.Fill(DenseCases.Rows(d)),
            [Copy<double>.Kind] = static d => ElementwiseCases.Copy(DenseCases.Rows(d)),
            [Add<double>.Kind] = static d => ElementwiseCases.Add(DenseCases.Rows(d)),
            [Scale<double>.Kind] = static d => ElementwiseCases.Scale(DenseCases.Rows(d)),
            [ReluForward<double>.Kind] = static d => ElementwiseCases.ReluForward(DenseCases.Rows(d)),
            [ReluBackward<double>.Kind] = static d => ElementwiseCases.ReluBackward(DenseCases.Rows(d)),
            [BiasAdd<double>.Kind] = static d => DenseCases.BiasAdd(DenseCases.Rows(d)),
            [BiasGradient<double>.Kind] = static d => DenseCases.BiasGradient(DenseCases.Rows(d)),
            [MatMul<double>.Kind] = static d => DenseCases.MatMul(d.Channels(), d.Between(1, 70), d.Channels(), d.Flag(), d.Flag()),
            [ConvForward<double>.Kind] = static d => ConvolutionCases.Forward(ConvolutionCases.Geometry(d), d.Between(1, 3)),
            [ConvBackwardData<double>.Kind] = static d => ConvolutionCases.BackwardData(ConvolutionCases.Geometry(d), d.Between(1, 3)),
            [ConvBackwardFilter<double>.Kind] = static d => ConvolutionCases.BackwardFilter(ConvolutionCases.Geometry(d), d.Between(1, 3)),
            [MaxPoolForward<double>.Kind] = static d => PoolCases.MaxForward(PoolCases.Geometry(d), d.Between(1, 3)),
            [MaxPoolBackward<double>.Kind] = static d => PoolCases.MaxBackward(PoolCases.Geometry(d), d.Between(1, 3)),
            [MeanPoolForward<double>.Kind] = static d => PoolCases.MeanForward(PoolCases.Geometry(d), d.Between(1, 3)),
            [MeanPoolBackward<double>.Kind] = static d => PoolCases.MeanBackward(PoolCases.Geometry(d), d.Between(1, 3)),
            [ShortcutForward<double>.Kind] = static d => ShortcutCases.Forward(ShortcutCases.Geometry(d), d.Between(1, 3)),
            [ShortcutBackward<double>.Kind] = static d => ShortcutCases.Backward(ShortcutCases.Geometry(d), d.Between(1, 3)),
            [NoiseApply<double>.Kind] = static d => NoiseCases.Apply(DenseCases.Rows(d), NoiseCases.Settings(d)),
            [BatchNormForward<double>.Kind] = static d => BatchNormCases.Forward(DenseCases.Rows(d), d.OneOf(0.1, 0.25, 1), d.OneOf(1e-5, 1e-3)),
            [BatchNormBackward<double>.Kind] = static d => BatchNormCases.Backward(DenseCases.Rows(d), d.OneOf(1e-5, 1e-3), d.Flag()),
            [BatchNormInference<double>.Kind] = static d => BatchNormCases.Inference(DenseCases.Rows(d), d.OneOf(1e-5, 1e-3)),
            [LossForward<double>.Kind] = static d => LossCases.Forward(d.Between(1, 9), d.Between(1, 12), d.OneOf(0, 0.1, 0.5)),
            [LossBackward<double>.Kind] = static d => LossCases.Backward(d.Between(1, 9), d.Between(1, 12), d.OneOf(0, 0.1, 0.5)),
            [CountCorrect<double>.Kind] = static d => LossCases.CountCorrect(d.Between(5, 40), d.Between(1, 3)),
            [SegmentMoments<double>.Kind] = static d => ReductionCases.Moments(DenseCases.Rows(d)),
            [SquaredNorms<double>.Kind] = static d => ReductionCases.SquaredNorms(d.Between(1, 5), d.Between(1, 50)),
            [FilterScaleForward<double>.Kind] = static d => FilterCases.ScaleForward(Filters(d)),
            [FilterScaleBackward<double>.Kind] = static d => FilterCases.ScaleBackward(Filters(d)),
            [IsoclineProject<double>.Kind] = static d =>
                FilterCases.Project(new Shape(d.Between(1, 5), d.Between(1, 25), d.Channels()), d.OneOf(1, 1, 0.75, 0.5)),
            [NormAnchor<double>.Kind] = static d => FilterCases.Anchor(d.Between(1, 5), d.Between(1, 30), d.OneOf(0.1, 1, 3)),
            [ClipFactor<double>.Kind] = static d => OptimizerCases.ClipFactor(d.Between(1, 50) / 8.0),
            [SgdStep<double>.Kind] = static d => OptimizerCases.SgdStep(d.Between(1, 40), OptimizerCases.Settings(d)),
        };

    /// <summary>The case of a kind and a seed.</summary>
    public static OpCase Generate(string kind, RandomStream stream) => Generators[kind](new Draws(stream.Split("geometry")) { Wide = true });

    private static Shape Filters(Draws draws) =>
        new(draws.Between(1, 5), draws.Between(1, 3), draws.Between(1, 3), draws.Channels());
}
