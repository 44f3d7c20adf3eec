using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace PropertyTests.Cuda.Kernels;

/// <summary>What generated cases are too small for: sums of several parts, more channels than one round draws, grids smaller than the work.</summary>
public sealed class LargeShapeTests
{
    private const double U = 1.0 / (1 << 24);

    [Theory]
    [InlineData(9000, 3)]
    [InlineData(2500, 20)]
    [InlineData(700, 68)]
    public void Sums_over_many_rows_are_those_of_the_definition(int rows, int channels)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        float[] x = Drawn.Floats(1, (long)rows * channels);
        TensorRef<float> input = kernels.Tensor<float>(x, new Shape(rows, channels));
        Shape each = new(channels);
        Assert.True(kernels.Ops.Prepare(new BiasGradient<float>(input, kernels.Tensor<float>(each))) > channels * sizeof(float), "one part proves nothing");
        TensorRef<float> old = kernels.Tensor<float>(Drawn.Floats(2, channels), each), mean = kernels.Tensor<float>(each), square = kernels.Tensor<float>(each);
        float[] before = kernels.Read(old);
        kernels.Run(new BiasGradient<float>(input, old, Accumulate: true));
        kernels.Run(new SegmentMoments<float>(input, mean, square));
        (float[] db, float[] means, float[] squares) = (kernels.Read(old), kernels.Read(mean), kernels.Read(square));
        for (int c = 0; c < channels; c++)
        {
            double sum = 0, absolute = 0, power = 0;
            for (int i = c; i < x.Length; i += channels)
            {
                (sum, absolute, power) = (sum + x[i], absolute + Math.Abs(x[i]), power + ((double)x[i] * x[i]));
            }

            // Far below the bound of rows·u: partial sums are short.
            Assert.InRange(db[c] - before[c] - sum, -50 * U * absolute, 50 * U * absolute);
            Assert.InRange(means[c] - (sum / rows), -50 * U * absolute / rows, 50 * U * absolute / rows);
            Assert.InRange(squares[c] - (power / rows), -50 * U * power / rows, 50 * U * power / rows);
        }
    }

    [Fact]
    public void Batch_statistics_of_many_rows_are_those_of_the_definition()
    {
        const int rows = 6000, channels = 6;
        using KernelBackend kernels = EmulatedKernels.Open();
        float[] x = [.. Drawn.Floats(1, rows * channels).Select(static value => value + 1000)];
        Shape shape = new(1, rows, 1, channels), each = new(channels);
        TensorRef<float> Each(ulong seed) => kernels.Tensor<float>(Drawn.Floats(seed, channels), each);
        BatchNormForward<float> op = new(
            kernels.Tensor<float>(x, shape), Each(2), Each(3), kernels.Tensor<float>(shape), kernels.Tensor<float>(each), kernels.Tensor<float>(each), Each(4), Each(5), 0.1, 1e-5);
        kernels.Run(op);
        (float[] mean, float[] variance) = (kernels.Read(op.Mean), kernels.Read(op.Variance));
        for (int c = 0; c < channels; c++)
        {
            double exact = x.Where((_, i) => i % channels == c).Average(static value => (double)value);
            double spread = x.Where((_, i) => i % channels == c).Average(value => (value - exact) * (value - exact));
            Assert.InRange(mean[c] - exact, -50 * U * exact, 50 * U * exact);
            Assert.InRange(variance[c] / spread, 0.9999, 1.0001);
        }
    }

    [Theory]
    [InlineData(1, 20001, 0)]
    [InlineData(2, 9000, 2)]
    [InlineData(3, 5, 0)]
    public void Norms_of_long_rows_are_those_of_the_definition(int rows, int length, int offset)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        float[] x = Drawn.Floats(1, (long)rows * length);
        SquaredNorms<float> op = new(kernels.Tensor<float>(x, new Shape(rows, length), offset), kernels.Tensor<float>(new Shape(rows)));
        kernels.Run(op);
        float[] y = kernels.Read(op.Y);
        for (int r = 0; r < rows; r++)
        {
            double exact = x.AsSpan(r * length, length).ToArray().Sum(static value => (double)value * value);
            Assert.InRange(y[r] - exact, -50 * U * exact, 50 * U * exact);
        }
    }

    [Fact]
    public void Noise_on_more_channels_than_one_round_draws_is_that_of_the_definition()
    {
        const int channels = 1500;
        using KernelBackend kernels = EmulatedKernels.Open();
        using Msr.Cpu.Reference.ReferenceBackend<float> reference = new();
        Shape shape = new(2, 1, 2, channels);
        float[] x = Drawn.Floats(1, shape.Length);
        foreach (NoiseDistribution distribution in Enum.GetValues<NoiseDistribution>())
        {
            NoiseSettings settings = new(distribution, 7, 0x1234_5678_9abc_def0);
            TensorRef<float> y = kernels.Tensor<float>(shape);
            kernels.Run(new NoiseApply<float>(
                kernels.Tensor<float>(x, shape), kernels.Tensor<int>([11, -5], new Shape(2)), kernels.Tensor<int>([9], new Shape(1)), kernels.Tensor<float>([0.3f], new Shape(1)), y, settings));
            Assert.Equal(OnReference(reference, x, shape, settings), kernels.Read(y));
        }
    }

    [Fact]
    public void A_grid_smaller_than_the_work_gives_the_same_bits()
    {
        const int length = 3001;
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(length);
        foreach (int offset in (ReadOnlySpan<int>)[0, 1])
        {
            TensorRef<float> a = kernels.Tensor<float>(Drawn.Floats(1, length), shape, offset), b = kernels.Tensor<float>(Drawn.Floats(2, length), shape, offset);
            TensorRef<float> wide = kernels.Tensor<float>(shape, offset), narrow = kernels.Tensor<float>(shape, offset);
            kernels.Run(new Add<float>(a, b, wide));
            kernels.Launch(
                "add", 1, CudaMemory<float>.AddressOf(narrow), CudaMemory<float>.AddressOf(a), CudaMemory<float>.AddressOf(b), (uint)length);
            Assert.Equal(Drawn.Bits(kernels.Read(wide)), Drawn.Bits(kernels.Read(narrow)));
        }
    }

    [Fact]
    public void A_block_that_does_several_rows_does_each_like_a_block_of_its_own()
    {
        const int rows = 5, length = 70;
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape each = new(rows);
        TensorRef<float> x = kernels.Tensor<float>(Drawn.Floats(1, rows * length), new Shape(rows, length)), apart = kernels.Tensor<float>(each), together = kernels.Tensor<float>(each);
        kernels.Run(new SquaredNorms<float>(x, apart));
        kernels.Launch(
            "squared_norms", 1, CudaMemory<float>.AddressOf(together), CudaMemory<float>.AddressOf(x), (uint)rows, (uint)length, 1u, (uint)length);
        Assert.Equal(Drawn.Bits(kernels.Read(apart)), Drawn.Bits(kernels.Read(together)));
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(3, 70)]
    [InlineData(2100, 2)]
    public void Correct_samples_of_several_blocks_are_counted(int rows, int classes)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        float[] logits = Drawn.Integers(1, (long)rows * classes);
        int[] labels = [.. Enumerable.Range(0, rows).Select(n => Array.IndexOf(logits, logits.AsSpan(n * classes, classes).ToArray().Max(), n * classes) - (n * classes))];
        int wrong = 0;
        for (int n = 0; n < rows; n += 3)
        {
            labels[n] = (labels[n] + 1) % classes;
            wrong++;
        }

        logits[classes] = float.NaN;
        TensorRef<int> count = kernels.Tensor<int>(new Shape(1));
        kernels.Run(new CountCorrect<float>(kernels.Tensor<float>(logits, new Shape(rows, classes)), kernels.Tensor<int>(labels, new Shape(rows)), count));
        Assert.Equal(rows - wrong - 1, kernels.Read(count)[0]);
    }

    private static float[] OnReference(Msr.Cpu.Reference.ReferenceBackend<float> reference, float[] x, Shape shape, NoiseSettings settings)
    {
        TensorRef<E> Host<E>(E[] values, Shape of)
            where E : unmanaged
        {
            TensorRef<E> tensor = reference.Allocate<E>(values.Length).View(0, of);
            reference.Upload<E>(values, tensor);
            return tensor;
        }

        TensorRef<float> y = Host(new float[shape.Length], shape);
        reference.Run(new NoiseApply<float>(Host(x, shape), Host([11, -5], new Shape(2)), Host([9], new Shape(1)), Host([0.3f], new Shape(1)), y, settings));
        float[] result = new float[shape.Length];
        reference.Download(y, result);
        return result;
    }
}
