using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Every op that is linear in an input, with the op that is its adjoint in that input. Both laws of this table hold for all of them.</summary>
internal static class GradientPairs
{
    /// <summary>A generator per pair.</summary>
    public static IReadOnlyDictionary<string, Func<Draws, GradientPair>> Linear { get; } =
        new Dictionary<string, Func<Draws, GradientPair>>(StringComparer.Ordinal)
        {
            ["convolution by its input"] = static d => ConvolutionByInput(ConvolutionCases.Geometry(d), d.Between(1, 2)),
            ["convolution by its filters"] = static d => ConvolutionByFilters(ConvolutionCases.Geometry(d), d.Between(1, 2)),
            ["matrix product by its left factor"] = static d => ProductByLeft(d.Between(1, 5), d.Between(1, 9), d.Between(1, 5), d.Flag()),
            ["matrix product by its right factor"] = static d => ProductByRight(d.Between(1, 5), d.Between(1, 9), d.Between(1, 5), d.Flag()),
            ["bias"] = static d => Bias(DenseCases.Rows(d)),
            ["maximum pool"] = static d => MaxPool(PoolCases.Geometry(d), d.Between(1, 2)),
            ["mean pool"] = static d => MeanPool(PoolCases.Geometry(d), d.Between(1, 2)),
            ["shortcut"] = static d => Shortcut(ShortcutCases.Geometry(d), d.Between(1, 2)),
            ["rectifier"] = static d => Rectifier(DenseCases.Rows(d)),
            ["filter scale by its filters"] = static d => FilterScale(new Shape(d.Between(1, 4), d.Between(1, 3), d.Between(1, 3), d.Between(1, 4))),
            ["noise"] = static d => Noise(DenseCases.Rows(d), d),
        };

    public static GradientPair ConvolutionByInput(ConvGeometry g, int n) =>
        new(ConvolutionCases.Forward(g, n), ConvolutionCases.BackwardData(g, n), "x", "y", "dy", "dx");

    public static GradientPair ConvolutionByFilters(ConvGeometry g, int n) =>
        new(ConvolutionCases.Forward(g, n), ConvolutionCases.BackwardFilter(g, n), "w", "y", "dy", "dw");

    /// <summary>dA = dC·Bᵀ.</summary>
    private static GradientPair ProductByLeft(int m, int l, int n, bool transposeB) => new(
        DenseCases.MatMul(m, l, n, transposeA: false, transposeB),
        DenseCases.MatMul(m, n, l, transposeA: false, !transposeB),
        "a",
        "c",
        "a",
        "c");

    /// <summary>dB = Aᵀ·dC.</summary>
    private static GradientPair ProductByRight(int m, int l, int n, bool transposeA) => new(
        DenseCases.MatMul(m, l, n, transposeA, transposeB: false),
        DenseCases.MatMul(l, m, n, !transposeA, transposeB: false),
        "b",
        "c",
        "b",
        "c");

    private static GradientPair Bias(Shape shape) => new(DenseCases.BiasAdd(shape), DenseCases.BiasGradient(shape), "b", "y", "dy", "db");

    private static GradientPair MaxPool(PoolGeometry g, int n) =>
        new(PoolCases.MaxForward(g, n), PoolCases.MaxBackward(g, n), "x", "y", "dy", "dx");

    private static GradientPair MeanPool(PoolGeometry g, int n) =>
        new(PoolCases.MeanForward(g, n), PoolCases.MeanBackward(g, n), "x", "y", "dy", "dx");

    private static GradientPair Shortcut(ShortcutGeometry g, int n) =>
        new(ShortcutCases.Forward(g, n), ShortcutCases.Backward(g, n), "x", "y", "dy", "dx");

    private static GradientPair Rectifier(Shape shape) =>
        new(ElementwiseCases.ReluForward(shape), ElementwiseCases.ReluBackward(shape), "x", "y", "dy", "dx");

    private static GradientPair FilterScale(Shape filters) =>
        new(FilterCases.ScaleForward(filters), FilterCases.ScaleBackward(filters), "w", "weff", "dweff", "dw");

    /// <summary>Multiplicative noise is its own gradient op.</summary>
    private static GradientPair Noise(Shape shape, Draws draws)
    {
        NoiseSettings settings = NoiseCases.Settings(draws) with { Distribution = draws.OneOf(NoiseDistribution.Uniform, NoiseDistribution.Gaussian) };
        OpCase noise = NoiseCases.Apply(shape, settings);
        return new GradientPair(noise, noise, "x", "y", "x", "y");
    }
}
