using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Reference;

namespace PropertyTests.Cuda.Kernels;

/// <summary>NaN, infinities, −0 and ties where the definition says to the bit what becomes of them.</summary>
public sealed class SpecialNumberTests
{
    private static readonly float[] s_specials = [float.NaN, 1, -0f, 0, float.NegativeInfinity, float.PositiveInfinity, 1, -1];

    [Theory]
    [InlineData(5, 0)]
    [InlineData(8, 0)]
    [InlineData(8, 1)]
    public void A_maximum_is_the_first_NaN_or_else_the_first_largest(int channels, int offset)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        using ReferenceBackend<float> reference = new();
        PoolGeometry g = new(7, 6, channels, (3, 2), (2, 1), (1, 1), ceiling: true);
        float[] x = Specials(g.Input(2).Length);
        (float[] y, int[] argmax) = Maxima(kernels, g, x, offset);
        (float[] expected, int[] places) = Maxima(reference, g, x, 0);
        Assert.Equal(places, argmax);
        Assert.Equal(expected, y);
    }

    [Fact]
    public void A_clip_factor_hides_neither_NaN_nor_infinity()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        foreach ((float squared, float expected) in (ReadOnlySpan<(float, float)>)
            [(float.NaN, float.NaN), (float.PositiveInfinity, float.NaN), (0, 1), (4, 1), (16, 0.5f), (-1, float.NaN)])
        {
            TensorRef<float> factor = kernels.Tensor<float>(new Shape(1));
            kernels.Run(new ClipFactor<float>(kernels.Tensor<float>([squared], new Shape(1)), factor, 2));
            Assert.Equal(expected, kernels.Read(factor)[0]);
        }
    }

    [Fact]
    public void A_logit_of_minus_infinity_costs_nothing_unless_it_is_wanted()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        float[] logits = [0, float.NegativeInfinity, 0, float.NegativeInfinity, 0, float.NaN];
        TensorRef<float> loss = kernels.Tensor<float>(new Shape(3));
        kernels.Run(new LossForward<float>(kernels.Tensor<float>(logits, new Shape(3, 2)), kernels.Tensor<int>([0, 1, 0], new Shape(3)), loss, 0));
        Assert.Equal([0, float.PositiveInfinity, float.NaN], kernels.Read(loss));
    }

    [Fact]
    public void Batch_norm_with_fixed_statistics_never_looks_at_its_input()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(1, 4, 1, 4), each = new(4);
        TensorRef<float> Each(ulong seed) => kernels.Tensor<float>([.. Drawn.Floats(seed, 4).Select(MathF.Abs)], each);
        BatchNormBackward<float> op = new(
            kernels.Tensor<float>(Specials(shape.Length), shape), Each(1), Each(2), Each(3), kernels.Tensor<float>(Drawn.Floats(4, shape.Length), shape), kernels.Tensor<float>(shape), Each(5), Each(6), 1e-3, FixedStatistics: true);
        kernels.Run(op);
        Assert.All(kernels.Read(op.Dx), static value => Assert.True(float.IsFinite(value)));
    }

    private static float[] Specials(long count) => [.. Drawn.Integers(9, count).Select(static (value, i) => i % 3 == 0 ? s_specials[(int)(value + 3)] : value)];

    private static (float[] Y, int[] Argmax) Maxima(IBackend<float> backend, PoolGeometry g, float[] x, int offset)
    {
        TensorRef<E> New<E>(Shape shape)
            where E : unmanaged => backend.Allocate<E>(shape.Length + offset).View(offset, shape);

        TensorRef<float> input = New<float>(g.Input(2)), y = New<float>(g.Output(2));
        TensorRef<int> argmax = New<int>(g.Output(2));
        backend.Upload(x, input);
        backend.Run(new MaxPoolForward<float>(g, input, y, argmax));
        float[] values = new float[y.Length];
        int[] places = new int[y.Length];
        backend.Download(y, values);
        backend.Download(argmax, places);
        return (values, places);
    }
}
