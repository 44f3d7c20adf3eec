using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda;

namespace PropertyTests.Cuda.Kernels;

/// <summary>A ReLU gradient in one pass with what follows has the bits of the two ops, and is one pass only where it may be.</summary>
public sealed class BackwardFusionTests
{
    private const int Shapes = 12;

    /// <summary>Sizes on both sides of a quad, a tile of channels, a block and a part; the accumulating and the aligned ones among them are drawn.</summary>
    public static IEnumerable<object[]> Cases
    {
        get
        {
            RandomStream random = new(20);
            int[] channels = [1, 2, 3, 4, 5, 8, 9, 16, 17, 32, 33, 70];
            for (int i = 0; i < Shapes; i++)
            {
                ulong at = 8 * (ulong)i;
                yield return [1 + random.Below(at, 900 / channels[i]), channels[i], random.Below(at + 1, 5), random.Below(at + 2, 2) == 1, random.Below(at + 3, 2) == 1];
            }

            // More rows than the first round of a part takes, in several parts, the last of them short.
            yield return [2100, 4, 0, false, true];
            yield return [530, 16, 4, true, false];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReLU_gradient_and_bias_gradient(int rows, int channels, int offset, bool accumulates, bool addsToBias)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        ReluBackward<float> relu = Gradient(kernels, new Shape(rows, channels), offset, accumulates);
        BiasGradient<float> bias = new(relu.Dx, kernels.Tensor<float>(Drawn.Floats(4, channels), new Shape(channels), offset), addsToBias);
        ReluBackward<float> fused = Gradient(kernels, new Shape(rows, channels), offset, accumulates);
        BiasGradient<float> fusedBias = new(fused.Dx, kernels.Tensor<float>(Drawn.Floats(4, channels), new Shape(channels), offset), addsToBias);
        kernels.Run(relu);
        kernels.Run(bias);
        kernels.RunTogether(fused, fusedBias);
        SameBits(kernels, relu.Dx, fused.Dx);
        SameBits(kernels, bias.Db, fusedBias.Db);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReLU_gradient_and_its_copy(int rows, int channels, int offset, bool onY, bool onDy)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(rows * channels);
        ReluBackward<float> relu = Gradient(kernels, shape, offset, accumulates: false);
        Copy<float> copy = new(relu.Dx, kernels.Tensor<float>(shape, offset));
        ReluBackward<float> fused = Gradient(kernels, shape, offset, accumulates: false);
        Copy<float> fusedCopy = new(fused.Dx, onY ? fused.Y : onDy ? fused.Dy : kernels.Tensor<float>(shape, 0));
        kernels.Run(relu);
        kernels.Run(copy);
        kernels.RunTogether(fused, fusedCopy);
        SameBits(kernels, relu.Dx, fused.Dx);
        SameBits(kernels, copy.Y, fusedCopy.Y);
    }

    [Fact]
    public void In_place_it_is_the_same()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(97, 5);
        ReluBackward<float> apart = Gradient(kernels, shape, 0, accumulates: false), place = Gradient(kernels, shape, 0, accumulates: false);
        ReluBackward<float> fused = new(place.Y, place.Dy, place.Dy);
        BiasGradient<float> bias = new(apart.Dx, kernels.Tensor<float>(new Shape(5))), fusedBias = new(fused.Dx, kernels.Tensor<float>(new Shape(5)));
        kernels.Run(apart);
        kernels.Run(bias);
        kernels.RunTogether(fused, fusedBias);
        SameBits(kernels, apart.Dx, fused.Dx);
        SameBits(kernels, bias.Db, fusedBias.Db);
    }

    /// <summary>Memory of what the gradient alone still reads may be the copy's, and then a block could write what another has yet to read.</summary>
    [Fact]
    public void A_copy_is_a_pass_of_its_own_where_it_would_overtake_the_gradient()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(8);
        using DeviceMemory<float> memory = kernels.Allocate<float>(48);
        ReluBackward<float> relu = new(memory.View(4, shape), memory.View(16, shape), memory.View(28, shape));
        int Passes(Op<float> first, Op<float> second) => PassFusion.Fuse([first, second], kernels.Ops.RunsTogether).Count;
        int PassesTo(long offset) => Passes(relu, new Copy<float>(relu.Dx, memory.View(offset, shape)));

        Assert.Equal(1, PassesTo(40));
        Assert.Equal(1, PassesTo(relu.Y.Offset));
        Assert.Equal(1, PassesTo(relu.Dy.Offset));
        Assert.Equal(2, PassesTo(0));
        Assert.Equal(2, PassesTo(20));
        Assert.Equal(2, PassesTo(33));
        Assert.Equal(2, Passes(relu, new Copy<float>(memory.View(16, shape), memory.View(40, shape))));
        Assert.Equal(2, Passes(relu, new Copy<float>(relu.Dx, memory.View(40, shape), Accumulate: true)));
        Assert.Equal(2, Passes(new ReluBackward<float>(relu.Y, relu.Dy, relu.Dx, Accumulate: true), new Copy<float>(relu.Dx, memory.View(40, shape))));
        Assert.Equal(2, Passes(relu, new BiasGradient<float>(relu.Dy, memory.View(40, shape))));
    }

    [Fact]
    public void Ops_that_do_not_belong_together_are_refused()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(4, 2);
        ReluBackward<float> relu = Gradient(kernels, shape, 0, accumulates: false);
        Copy<float> copy = new(relu.Dy, relu.Y);
        BiasGradient<float> bias = new(relu.Dy, kernels.Tensor<float>(new Shape(2)));
        Assert.Throws<ArgumentException>(() => kernels.Ops.Elementwise.ReluBackwardCopy(relu, copy));
        Assert.Throws<ArgumentException>(() => kernels.Ops.Channels.ReluBackwardBiasGradient(relu, bias, 0));
        Assert.Throws<NotSupportedException>(() => kernels.Ops.RunTogether(copy, bias, 0));
    }

    private static ReluBackward<float> Gradient(KernelBackend kernels, Shape shape, int offset, bool accumulates)
    {
        float[] y = Drawn.Floats(1, shape.Length), dy = Drawn.Floats(2, shape.Length), dx = Drawn.Floats(3, shape.Length);
        ReadOnlySpan<float> specials = [float.NaN, -0f, float.PositiveInfinity, 0f];
        for (int i = 0; i < Math.Min(y.Length, specials.Length); i++)
        {
            y[i] = specials[i];
        }

        // A gradient that is NaN or infinite would leave no finite sum to compare: it stands where no gradient passes.
        dy[0] = float.NaN;
        dy[^1] = dy.Length > specials.Length ? -0f : dy[^1];
        return new ReluBackward<float>(
            kernels.Tensor<float>(y, shape, offset),
            kernels.Tensor<float>(dy, shape, offset),
            accumulates ? kernels.Tensor<float>(dx, shape, offset) : kernels.Tensor<float>(shape, offset),
            accumulates);
    }

    private static void SameBits(KernelBackend kernels, TensorRef<float> expected, TensorRef<float> computed) =>
        Assert.Equal(Drawn.Bits(kernels.Read(expected)), Drawn.Bits(kernels.Read(computed)));
}
