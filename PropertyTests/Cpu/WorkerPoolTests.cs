using Msr.Cpu;
using Msr.Cpu.Threading;

namespace PropertyTests.Cpu;

public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_runs_exactly_once_job_after_job(int threads)
    {
        using WorkerPool pool = new(threads);
        int* counts = stackalloc int[100];
        for (int round = 1; round <= 2000; round++)
        {
            Count job = new() { Counts = counts };
            pool.For(round % 100, ref job);
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(20 * (99 - i), counts[i]);
        }
    }

    [Fact]
    public void Parked_threads_wake_again()
    {
        using WorkerPool pool = new(3);
        int* others = stackalloc int[1];
        for (int round = 0; round < 5; round++)
        {
            Assert.True(SpinWait.SpinUntil(() => pool.ParkedThreads == 2, TimeSpan.FromSeconds(10)), "Threads without work must park.");
            *others = 0;
            Meet job = new() { Others = others };
            pool.For(2, ref job);
            Assert.True(*others > 0, "The caller waited in a piece of its own, and no parked thread woke to take the other one.");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_in_a_piece_surfaces_on_the_caller_and_the_pool_lives_on(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int round = 0; round < 50; round++)
        {
            Fail fail = default;
            Assert.Throws<InvalidTimeZoneException>(() => pool.For(64, ref fail));
        }

        int* counts = stackalloc int[4];
        Count job = new() { Counts = counts };
        pool.For(4, ref job);
        Assert.Equal([1, 1, 1, 1], new Span<int>(counts, 4).ToArray());
    }

    [Fact]
    public void Idle_threads_burn_no_processor_time()
    {
        using WorkerPool pool = new(4);
        int* counts = stackalloc int[8];
        Count job = new() { Counts = counts };
        pool.For(8, ref job);
        Assert.True(SpinWait.SpinUntil(() => pool.ParkedThreads == 3, TimeSpan.FromSeconds(10)), "Threads without work must park.");
    }

    [Fact]
    public void Disposing_ends_the_threads_and_refuses_further_work()
    {
        WorkerPool pool = new(4);
        pool.Dispose();
        pool.Dispose();
        Assert.Equal(0, pool.LiveThreads);
        Assert.Throws<ObjectDisposedException>(() =>
        {
            Fail job = default;
            pool.For(2, ref job);
        });
    }

    [Fact]
    public void A_disposed_backend_refuses_to_run()
    {
        CpuBackend<float> backend = new(2);
        Msr.Core.Ops.Fill<float> fill = new(backend.Allocate<float>(100_000).All(), 1);
        backend.Run(fill);
        backend.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Run(fill));
    }

    private struct Count : IJob
    {
        public int* Counts;

        public readonly void Run(int index, Worker worker) => Interlocked.Increment(ref Counts[index]);
    }

    /// <summary>Pieces that the caller cannot do alone: its own waits until another thread has one.</summary>
    private struct Meet : IJob
    {
        public int* Others;

        public readonly void Run(int index, Worker worker)
        {
            int* others = Others;
            if (worker.Index > 0)
            {
                Interlocked.Increment(ref *others);
            }
            else
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref *others) > 0, TimeSpan.FromSeconds(10));
            }
        }
    }

    private struct Fail : IJob
    {
        public readonly void Run(int index, Worker worker)
        {
            if (index % 7 == 3)
            {
                throw new InvalidTimeZoneException("piece");
            }
        }
    }
}
