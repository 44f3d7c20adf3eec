using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;

namespace PropertyTests.Cpu;

/// <summary>What a backend refuses, and what memory it takes to work.</summary>
public sealed class CpuBackendTests
{
    [Fact]
    public void A_disposed_backend_refuses_every_op_even_one_that_needs_no_thread()
    {
        CpuBackend<float> backend = new(2);
        ClipFactor<float> clip = new(New(1), New(1), 1);
        CountCorrect<float> count = new(New(2, 3), new HostMemory<int>(2).All(), new HostMemory<int>(1).All());
        backend.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Run(clip));
        Assert.Throws<ObjectDisposedException>(() => backend.Run(count));
    }

    [Fact]
    public void A_backend_refuses_an_op_that_is_missing()
    {
        using CpuBackend<float> cpu = new(1);
        using ReferenceBackend<float> reference = new();
        Assert.All<IBackend<float>>([cpu, reference], static backend =>
        {
            Assert.Throws<ArgumentNullException>(() => backend.Run(null!));
            Assert.Throws<ArgumentNullException>(() => backend.Supports(null!));
        });
    }

    [Theory]
    [InlineData(1001)] // no vector divides it
    [InlineData(1024)]
    public void A_sum_over_wide_rows_takes_less_memory_than_the_tensor(int channels)
    {
        using CpuBackend<float> backend = new(1);
        TensorRef<float> dy = New(2048, channels), db = New(channels);
        HostMemory<float>.SpanOf(dy).Fill(1);
        BiasGradient<float> gradient = new(dy, db);
        long before = GC.GetAllocatedBytesForCurrentThread();
        backend.Run(gradient);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, dy.Length * sizeof(float) / 2);
        Assert.All(HostMemory<float>.SpanOf(db).ToArray(), static sum => Assert.Equal(2048, sum));
    }

    [Fact]
    public void Working_memory_that_no_array_holds_is_refused_in_one_sentence()
    {
        OutOfMemoryException error = Assert.ThrowsAny<OutOfMemoryException>(Reserve);
        Assert.Contains("working memory", error.Message, StringComparison.Ordinal);

        static unsafe void Reserve() => new Scratch().Reserve<double>(1L << 32);
    }

    private static TensorRef<float> New(params int[] extents)
    {
        Shape shape = new(extents);
        return new HostMemory<float>(shape.Length).View(0, shape);
    }
}
