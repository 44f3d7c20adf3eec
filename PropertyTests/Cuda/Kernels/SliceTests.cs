using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Reference;

namespace PropertyTests.Cuda.Kernels;

/// <summary>The rule of the method and the step against the reference in float32: where the order of a sum is that of the definition, so are the bits.</summary>
public sealed class SliceTests
{
    [Theory]
    [InlineData(3, 9, 5, 0)]
    [InlineData(4, 9, 8, 1)]
    [InlineData(3, 31, 1, 0)]
    [InlineData(2, 2, 16384, 0)]
    [InlineData(2, 2, 16384, 1)]
    public void A_projection_has_the_bits_of_the_definition(int outer, int taps, int inner, int offset)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        using ReferenceBackend<float> reference = new();
        Shape shape = new(outer, taps, inner);
        float[] x = Drawn.Floats(1, shape.Length);
        TensorRef<float> on = kernels.Tensor<float>(x, shape, offset), definition = reference.Allocate<float>(x.Length).View(0, shape);
        reference.Upload<float>(x, definition);
        kernels.Run(new IsoclineProject<float>(on, 0.7));
        reference.Run(new IsoclineProject<float>(definition, 0.7));
        reference.Download(definition, x);
        Assert.Equal(Drawn.Bits(x), Drawn.Bits(kernels.Read(on)));
    }

    [Theory]
    [InlineData(3, 32)]
    [InlineData(20, 77)]
    public void A_projection_of_long_slices_takes_lambda_of_the_mean_away(int outer, int taps)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(outer, taps, 1);
        float[] x = Drawn.Floats(1, shape.Length);
        TensorRef<float> on = kernels.Tensor<float>(x, shape);
        kernels.Run(new IsoclineProject<float>(on, 0.7));
        float[] projected = kernels.Read(on);
        for (int i = 0; i < x.Length; i++)
        {
            double mean = x.AsSpan(i / taps * taps, taps).ToArray().Average(static value => (double)value);
            Assert.InRange(projected[i] - (x[i] - (0.7 * mean)), -4e-7, 4e-7);
        }
    }

    [Fact]
    public void An_anchor_adds_nothing_to_a_filter_of_norm_0()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(2, 3);
        TensorRef<float> g = kernels.Tensor<float>([1, 2, 3, 4, 5, 6], shape);
        kernels.Run(new NormAnchor<float>(kernels.Tensor<float>([0, 0, 0, 2, 0, 0], shape), g, 0.5));
        Assert.Equal([1, 2, 3, 5, 5, 6], kernels.Read(g));
    }
}
