using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;

namespace PropertyTests.Cpu;

/// <summary>A backend belongs to one thread at a time, and says so instead of mixing up two results.</summary>
public sealed class OwnershipTests
{
    private const int MostRounds = 200_000;

    [Fact]
    public void Two_threads_on_one_backend_are_refused_and_never_mixed_up()
    {
        using CpuBackend<float> backend = new(2);
        int refused = 0, wrong = 0;
        void Use(float value)
        {
            ConvGeometry geometry = new(24, 24, 8, 16, 3, 3);
            TensorRef<float> New(Shape shape)
            {
                TensorRef<float> tensor = backend.Allocate<float>(shape.Length).View(0, shape);
                float[] values = new float[shape.Length];
                values.AsSpan().Fill(value);
                backend.Upload<float>(values, tensor);
                return tensor;
            }

            (TensorRef<float> x, TensorRef<float> w, TensorRef<float> y) = (New(geometry.Input(2)), New(geometry.Filter), New(geometry.Output(2)));
            float[] got = new float[y.Length];
            // 200 rounds at least, and more until two threads have met: on a busy machine they may take turns for long.
            for (int round = 0; round < 200 || (Volatile.Read(ref refused) == 0 && round < MostRounds); round++)
            {
                try
                {
                    backend.Run(new ConvForward<float>(geometry, x, w, y));
                    backend.Download(y, got);
                    Interlocked.Add(ref wrong, Array.TrueForAll(got, element => element == 72 * value * value) ? 0 : 1);
                }
                catch (InvalidOperationException error)
                {
                    Assert.Contains("Two threads use one 'cpu' backend at once", error.Message, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                }
            }
        }

        Parallel.Invoke(() => Use(1), () => Use(2), () => Use(4));
        Assert.Equal(0, wrong);
        Assert.True(refused > 0, "no two threads ever met: the test proved nothing");
    }
}
