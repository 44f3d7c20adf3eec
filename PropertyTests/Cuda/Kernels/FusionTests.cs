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

    [Theory]
    [InlineData(3, 9, 5, 0, 0.9, true, true)]
    [InlineData(3, 9, 8, 0, 0.9, false, true)]
    [InlineData(2, 2, 16384, 0, 0.9, true, false)]
    [InlineData(2, 2, 16384, 1, 0.9, true, false)]
    [InlineData(3, 40, 1, 1, 0, false, true)]
    [InlineData(1, 1, 1, 0, 0.5, false, false)]
    public void Projection_and_step_in_one_pass(int outer, int taps, int inner, int offset, double momentum, bool nesterov, bool keep)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        SgdSettings settings = new(momentum, nesterov, 5e-4, 0.7);
        Shape slices = new(outer, taps, inner);
        (IsoclineProject<float> project, SgdStep<float> step) = Draw(kernels, slices, offset, settings);
        (IsoclineProject<float> fused, SgdStep<float> fusedStep) = Draw(kernels, slices, offset, settings);
        float[] gradient = kernels.Read(fusedStep.G);
        kernels.Run(project);
        kernels.Run(step);
        kernels.Ops.Updates.ProjectedStep(fused, fusedStep, keep);
        Assert.Equal(Drawn.Bits(kernels.Read(step.W)), Drawn.Bits(kernels.Read(fusedStep.W)));
        Assert.Equal(Drawn.Bits(kernels.Read(step.V)), Drawn.Bits(kernels.Read(fusedStep.V)));
        Assert.Equal(Drawn.Bits(keep ? kernels.Read(step.G) : gradient), Drawn.Bits(kernels.Read(fusedStep.G)));
    }

    [Fact]
    public void Passes_over_tensors_that_do_not_belong_together_are_refused()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape slices = new(2, 3, 2);
        (IsoclineProject<float> project, _) = Draw(kernels, slices, 0, new SgdSettings());
        (_, SgdStep<float> step) = Draw(kernels, slices, 0, new SgdSettings());
        Assert.Throws<ArgumentException>(() => kernels.Ops.Updates.ProjectedStep(project, step, keepGradient: true));
        Add<float> add = new(step.G, step.W, step.V);
        Assert.Throws<ArgumentException>(() => kernels.Ops.Elementwise.AddRelu(add, new ReluForward<float>(step.G, step.W)));
    }

    private static (IsoclineProject<float> Project, SgdStep<float> Step) Draw(KernelBackend kernels, Shape slices, int offset, SgdSettings settings)
    {
        Shape flat = new(checked((int)slices.Length));
        TensorRef<float> w = kernels.Tensor<float>(Drawn.Floats(1, flat.Length), flat, offset);
        TensorRef<float> g = kernels.Tensor<float>(Drawn.Floats(2, flat.Length), flat, offset);
        TensorRef<float> v = kernels.Tensor<float>(Drawn.Floats(3, flat.Length), flat, offset);
        TensorRef<float> rate = kernels.Tensor<float>([0.1f], new Shape(1)), gain = kernels.Tensor<float>([0.8f], new Shape(1));
        return (new IsoclineProject<float>(g.As(slices), 0.9), new SgdStep<float>(w, g, v, rate, gain, settings));
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
