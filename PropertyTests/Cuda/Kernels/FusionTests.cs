using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Cuda.Kernels;

/// <summary>Passes that do the work of two ops have the bits of the two.</summary>
public sealed class FusionTests
{
    [Theory]
    [InlineData(7, 5, 0)]
    [InlineData(3, 12, 0)]
    [InlineData(300, 16, 4)]
    [InlineData(2, 70, 1)]
    public void Bias_and_ReLU_in_one_pass(int rows, int channels, int offset)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(rows, channels);
        TensorRef<float> x = kernels.Tensor<float>(WithSpecials(Drawn.Floats(1, shape.Length)), shape, offset);
        TensorRef<float> b = kernels.Tensor<float>(Drawn.Floats(2, channels), new Shape(channels), offset);
        TensorRef<float> sum = kernels.Tensor<float>(shape, offset), apart = kernels.Tensor<float>(shape, offset), together = kernels.Tensor<float>(shape, offset);
        BiasAdd<float> bias = new(x, b, sum);
        kernels.Run(bias);
        kernels.Run(new ReluForward<float>(sum, apart));
        kernels.Ops.Channels.BiasRelu(bias, new ReluForward<float>(sum, together));
        Assert.Equal(Drawn.Bits(kernels.Read(apart)), Drawn.Bits(kernels.Read(together)));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(2050, 0)]
    [InlineData(2050, 3)]
    public void Sum_and_ReLU_in_one_pass(int length, int offset)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(length);
        TensorRef<float> a = kernels.Tensor<float>(WithSpecials(Drawn.Floats(1, length)), shape, offset);
        TensorRef<float> b = kernels.Tensor<float>(Drawn.Floats(2, length), shape, offset);
        TensorRef<float> sum = kernels.Tensor<float>(shape, offset), apart = kernels.Tensor<float>(shape, offset), together = kernels.Tensor<float>(shape, offset);
        Add<float> add = new(a, b, sum);
        kernels.Run(add);
        kernels.Run(new ReluForward<float>(sum, apart));
        kernels.Ops.Elementwise.AddRelu(add, new ReluForward<float>(sum, together));
        Assert.Equal(Drawn.Bits(kernels.Read(apart)), Drawn.Bits(kernels.Read(together)));
    }

    [Fact]
    public void Passes_over_tensors_that_do_not_belong_together_are_refused()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(12);
        TensorRef<float> a = kernels.Tensor<float>(shape, 0), b = kernels.Tensor<float>(shape, 0), sum = kernels.Tensor<float>(shape, 0);
        Assert.Throws<ArgumentException>(() => kernels.Ops.Elementwise.AddRelu(new Add<float>(a, b, sum), new ReluForward<float>(a, b)));
    }

    private static float[] WithSpecials(float[] values)
    {
        ReadOnlySpan<float> specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f];
        for (int i = 0; i < values.Length && i < specials.Length; i++)
        {
            values[i] = specials[i];
        }

        return values;
    }
}
