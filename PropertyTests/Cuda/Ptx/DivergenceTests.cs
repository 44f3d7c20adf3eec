using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace PropertyTests.Cuda.Ptx;

/// <summary>Threads that part and meet again, blocks and grids of three directions, and memory that is a thread's own.</summary>
public sealed class DivergenceTests
{
    private readonly PtxBench _bench = new();

    /// <summary>Every lane has a trip count of its own; then the whole warp meets, and the block.</summary>
    [Fact]
    public void Loops_of_different_length_end_for_each_lane_by_itself()
    {
        const string Body = """
            mad.lo.s32 %r3, %r2, 96, %r1;
            add.s32 %r4, %r3, 1;
            mov.u32 %r5, 0;
            LOOP: setp.le.u32 %p1, %r4, 1;
            @%p1 bra DONE;
            add.s32 %r5, %r5, 1;
            and.b32 %r6, %r4, 1;
            setp.eq.s32 %p2, %r6, 0;
            @%p2 bra EVEN;
            mad.lo.s32 %r4, %r4, 3, 1;
            bra.uni LOOP;
            EVEN: shr.u32 %r4, %r4, 1;
            bra.uni LOOP;
            DONE: shfl.sync.bfly.b32 %r7, %r5, 1, 31, -1;
            bar.sync 0;
            mul.wide.u32 %d8, %r3, 8;
            add.s64 %d8, %d8, %d1;
            st.global.v2.u32 [%d8], {%r5, %r7};
            """;
        ulong a = _bench.Memory.Allocate(3 * 96 * 8);
        _bench.Run(Body, threads: 96, blocks: 3, a: a);
        Assert.Equal(Enumerable.Range(0, 3 * 96).SelectMany(static i => new[] { Steps(i + 1), Steps((i ^ 1) + 1) }), _bench.Download<int>(a, 3 * 96 * 2));
    }

    [Theory]
    [InlineData("L: bar.sync 0; setp.lt.u32 %p1, %r1, 40; @%p1 bra L;", "has ended")]
    [InlineData("mov.u32 %r3, 0; L: bar.sync 0; add.s32 %r3, %r3, 1; setp.lt.u32 %p1, %r3, %r1; @%p1 bra L;", "has ended")]
    [InlineData("setp.lt.u32 %p1, %r1, 40; @%p1 bra L; bar.sync 0; bra.uni E; L: bra.uni L; E:", "without ending")]
    [InlineData("L: bar.sync 0; bar.sync 0; bra.uni L;", "without ending")]
    [InlineData("setp.eq.s32 %p1, %r1, 39; @%p1 bra E; L: bar.sync 0; bra.uni L; E: bar.sync 0; bar.sync 0;", "waits at another barrier")]
    public void A_loop_at_a_barrier_that_the_block_does_not_take_together_is_found(string body, string what)
    {
        _bench.Machine.StepLimit = 10_000;
        Assert.Contains(what, _bench.Fault(body, threads: 48), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_at_a_barrier_that_the_block_takes_together_ends()
    {
        const string Body = "mov.u32 %r3, 0; L: bar.sync 0; add.s32 %r3, %r3, 1; setp.lt.u32 %p1, %r3, 100; @%p1 bra L; st.global.u32 [%d5], %r3;";
        ulong a = _bench.Memory.Allocate(48 * 4);
        _bench.Run(Body, threads: 48, a: a);
        Assert.Equal(Enumerable.Repeat(100, 48), _bench.Download<int>(a, 48));
    }

    /// <summary>Warps are cut from threads numbered x first, then y, then z, and the last one may be partial.</summary>
    [Theory]
    [InlineData(5, 3, 3)]
    [InlineData(7, 5, 2)]
    [InlineData(1, 1, 33)]
    [InlineData(33, 1, 1)]
    [InlineData(2, 19, 3)]
    public void In_three_directions_the_lanes_of_the_last_warp_are_those_that_exist(int x, int y, int z)
    {
        int threads = x * y * z, whole = threads / 32 * 32;
        string body = $$"""
            mov.u32 %r3, %tid.y; mov.u32 %r4, %tid.z; mov.u32 %r5, %ctaid.y; mov.u32 %r6, %ctaid.z;
            mad.lo.s32 %r7, %r4, {{y}}, %r3;
            mad.lo.s32 %r7, %r7, {{x}}, %r1;
            mad.lo.s32 %r8, %r6, 3, %r5;
            mad.lo.s32 %r8, %r8, 2, %r2;
            mov.u32 %r9, -1;
            setp.ge.u32 %p1, %r7, {{whole}};
            @%p1 mov.u32 %r9, {{(1u << (threads - whole)) - 1}};
            and.b32 %r10, %r7, 2;
            setp.ne.s32 %p2, %r10, 0;
            vote.sync.ballot.b32 %r11, %p2, %r9;
            shfl.sync.idx.b32 %r12, %r7, 0, 31, %r9;
            mad.lo.s32 %r13, %r8, {{threads}}, %r7;
            mul.wide.u32 %d8, %r13, 16;
            add.s64 %d8, %d8, %d1;
            st.global.v4.u32 [%d8], {%r11, %r12, %r8, %r7};
            """;
        const int Blocks = 2 * 3 * 2;
        ulong a = _bench.Memory.Allocate(Blocks * threads * 16);
        _bench.Machine.Launch(
            PtxModule.Parse(PtxBench.Module(body)).Kernels["k"], (2, 3, 2), ((uint)x, (uint)y, (uint)z), MemoryMarshal.AsBytes<ulong>([a, 0, 0]));
        IEnumerable<uint> expected = from block in Enumerable.Range(0, Blocks)
                                     from thread in Enumerable.Range(0, threads)
                                     let mask = thread < whole ? uint.MaxValue : (1u << (threads - whole)) - 1
                                     from value in (uint[])[0xccccccccu & mask, (uint)thread / 32 * 32, (uint)block, (uint)thread]
                                     select value;
        Assert.Equal(expected, _bench.Download<uint>(a, Blocks * threads * 4));
    }

    /// <summary>The bytes stay where they are from block to block and from launch to launch: only the marks tell that they are another thread's.</summary>
    [Fact]
    public void Local_memory_is_fresh_for_every_thread_of_every_block_and_launch()
    {
        const string Body = """
            .local .align 4 .b8 s[8];
            mov.u32 %r3, %ctaid.y;
            add.s32 %r3, %r3, %r2;
            setp.ne.s32 %p1, %r3, 0;
            @%p1 bra LATER;
            st.local.v2.u32 [s], {1, 2};
            LATER: ld.global.u32 %r4, [%d1];
            setp.ne.s32 %p1, %r1, %r4;
            @%p1 bra END;
            ld.local.u32 %r5, [s+4];
            END:
            """;
        PtxKernel kernel = PtxModule.Parse(PtxBench.Module(Body)).Kernels["k"];
        PtxKernel reader = PtxModule.Parse(PtxBench.Module(".local .align 4 .b8 s[8]; ld.local.u32 %r5, [s];")).Kernels["k"];
        foreach (int thread in (int[])[0, 31, 32, 39])
        {
            byte[] parameters = MemoryMarshal.AsBytes<ulong>([_bench.Upload(thread), 0, 0]).ToArray();
            _bench.Machine.Launch(kernel, (1, 1, 1), (40, 1, 1), parameters);
            string message = Fault(kernel, (1, 2, 1), parameters);
            Assert.Contains($"block (0, 1, 0), thread ({thread}, 0, 0)", message, StringComparison.Ordinal);
            Assert.Contains("never written", message, StringComparison.Ordinal);
            Assert.Contains("never written", Fault(reader, (1, 1, 1), parameters), StringComparison.Ordinal);
        }
    }

    private static int Steps(int number)
    {
        int steps = 0;
        for (BigInteger n = number; n > 1; n = n.IsEven ? n / 2 : (3 * n) + 1)
        {
            steps++;
        }

        return steps;
    }

    private string Fault(PtxKernel kernel, (uint X, uint Y, uint Z) grid, byte[] parameters) =>
        Assert.Throws<EmulationException>(() => _bench.Machine.Launch(kernel, grid, (40, 1, 1), parameters)).Message;
}
