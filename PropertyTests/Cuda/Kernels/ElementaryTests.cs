using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Cuda.Kernels;

/// <summary>exp and log as the kernels compute them, seen through the ops that use them.</summary>
public sealed class ElementaryTests
{
    [Fact]
    public void The_exponential_is_within_one_ulp_and_passes_what_is_not_a_number()
    {
        float[] theta =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 1, -1, 88.72283f, 88.73f, 200, -87.3f, -87.4f, -100, -103.9f, -104, -200,
            float.Epsilon, -float.Epsilon, 0.34657f, -0.34658f,
            .. Enumerable.Range(0, 300).Select(static i => -104f + (i * 0.643f)),
        ];
        float[] exp = Exp(theta);
        for (int i = 0; i < theta.Length; i++)
        {
            double exact = Math.Exp(theta[i]);
            float nearest = (float)exact;
            if (!float.IsFinite(nearest))
            {
                Assert.Equal(nearest, exp[i]);
                continue;
            }

            Assert.InRange(Math.Abs(exp[i] - exact), 0, MathF.BitIncrement(nearest) - nearest);
        }
    }

    [Fact]
    public void The_logarithm_is_within_one_ulp()
    {
        // Two logits: the loss of the larger is the logarithm of 1 + exp(-d).
        const int rows = 150;
        float[] logits = [.. Enumerable.Range(0, rows).SelectMany(static i => new[] { 0f, -i * 0.05f })];
        float[] exp = Exp([.. Enumerable.Range(0, rows).Select(i => logits[(2 * i) + 1])]);
        using KernelBackend kernels = EmulatedKernels.Open();
        TensorRef<float> loss = kernels.Tensor<float>(new Shape(rows));
        kernels.Run(new LossForward<float>(kernels.Tensor<float>(logits, new Shape(rows, 2)), kernels.Tensor<int>(new int[rows], new Shape(rows)), loss, 0));
        float[] losses = kernels.Read(loss);
        for (int i = 0; i < rows; i++)
        {
            // What goes into the logarithm is known to the bit, so none of the error is the sum's.
            double exact = Math.Log(1f + exp[i]);
            Assert.InRange(Math.Abs(losses[i] - exact), 0, MathF.BitIncrement((float)exact) - (float)exact);
        }
    }

    private static float[] Exp(float[] theta)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        Shape shape = new(theta.Length);
        float[] ones = new float[theta.Length];
        Array.Fill(ones, 1);
        TensorRef<float> result = kernels.Tensor<float>(shape);
        kernels.Run(new FilterScaleForward<float>(kernels.Tensor<float>(ones, shape), kernels.Tensor<float>(theta, shape), result));
        return kernels.Read(result);
    }
}
