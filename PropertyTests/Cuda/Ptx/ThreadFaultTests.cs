namespace PropertyTests.Cuda.Ptx;

public class ThreadFaultTests
{
    private readonly PtxBench _bench = new();

    [Fact]
    public void Threads_at_different_barriers_are_found()
    {
        const string Body = "setp.lt.u32 %p1, %r1, 16; @%p1 bra L; bar.sync 0; bra.uni E; L: bar.sync 0; E:";
        Assert.Contains("waits at another barrier", _bench.Fault(Body, threads: 32), StringComparison.Ordinal);
    }

    [Fact]
    public void A_barrier_that_ended_threads_never_reach_is_found()
    {
        const string Body = "setp.lt.u32 %p1, %r1, 8; @%p1 bra L; ret; L: bar.sync 0;";
        Assert.Contains("thread 8 has ended (24 of 32 threads)", _bench.Fault(Body, threads: 32), StringComparison.Ordinal);
        _bench.Run(Body, threads: 8);
    }

    [Fact]
    public void A_shuffle_in_a_warp_that_is_not_full_is_found()
    {
        const string Body = "shfl.sync.bfly.b32 %r3, %r1, 1, 31, -1;";
        _bench.Run(Body, threads: 64);
        Assert.Contains("the warp is not full", _bench.Fault(Body, threads: 40), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("setp.eq.s32 %p1, %r1, 5; @%p1 bra E; shfl.sync.idx.b32 %r3, %r1, 0, 31, -1; E:", "lane 5 of the mask 0xffffffff has ended")]
    [InlineData("setp.eq.s32 %p1, %r1, 5; @%p1 bra E; vote.sync.any.pred %p2, %p1, -1; E: bar.sync 0;", "lane 5 of the mask 0xffffffff waits at a barrier of the block")]
    [InlineData("setp.eq.s32 %p1, %r1, 5; @%p1 bra E; bar.warp.sync -1; E: bar.warp.sync -1;", "waits at another instruction")]
    [InlineData("mov.u32 %r3, -1; setp.eq.s32 %p1, %r1, 5; @%p1 mov.u32 %r3, 0xff; shfl.sync.idx.b32 %r4, %r1, 0, 31, %r3;", "has another mask")]
    [InlineData("shfl.sync.idx.b32 %r4, %r1, 0, 31, 0x7fffffff;", "lane 31 is not in its own mask 0x7fffffff")]
    [InlineData("mov.u32 %r3, 0xffff; setp.ge.u32 %p1, %r1, 16; @%p1 mov.u32 %r3, 0xffff0000; shfl.sync.idx.b32 %r4, %r1, 0, 31, %r3;", "the shuffle reads lane 0, which is not in its mask")]
    public void Lanes_that_do_not_meet_are_found(string body, string what) =>
        Assert.Contains(what, _bench.Fault(body, threads: 32), StringComparison.Ordinal);

    [Fact]
    public void Parts_of_a_warp_may_meet_apart()
    {
        const string Body = """
            setp.lt.u32 %p1, %r1, 16;
            @%p1 bra LOW;
            shfl.sync.idx.b32 %r3, %r1, 20, 31, 0xffff0000;
            bra.uni END;
            LOW: shfl.sync.idx.b32 %r3, %r1, 4, 31, 0xffff;
            END: st.global.u32 [%d5], %r3;
            """;
        ulong a = _bench.Memory.Allocate(128);
        _bench.Run(Body, threads: 32, a: a);
        Assert.Equal([.. Enumerable.Repeat(4u, 16), .. Enumerable.Repeat(20u, 16)], _bench.Download<uint>(a, 32));
    }

    [Theory]
    [InlineData("L: bra.uni L;")]
    [InlineData("L: bar.sync 0; bra.uni L;")]
    [InlineData("mov.pred %p1, -1; L: @%p1 bra L;")]
    [InlineData("L: ld.global.u32 %r3, [%d1]; setp.eq.s32 %p1, %r3, 0; @%p1 bra L;")]
    public void Loops_without_end_are_found(string body)
    {
        _bench.Machine.StepLimit = 10_000;
        Assert.Contains("without ending", _bench.Fault(body, threads: 2, a: _bench.Upload(0)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_loop_that_ends_is_no_fault() => _bench.Run("mov.u32 %r3, 0; L: add.s32 %r3, %r3, 1; setp.lt.u32 %p1, %r3, 100000; @%p1 bra L;");

    [Theory]
    [InlineData("add.s32 %r4, %r3, 1;")]
    [InlineData("setp.eq.s32 %p1, %r1, 7; @%p1 mov.u32 %r3, 1; add.s32 %r4, %r3, 1;")]
    [InlineData("mov.u32 %r4, %r3; st.global.u32 [%d1], %r4;")]
    [InlineData("@%p3 bra E; E:")]
    [InlineData("add.rn.f64 %g1, %g1, %g1;")]
    [InlineData("st.global.u32 [%d20], 1;")]
    [InlineData("shfl.sync.bfly.b32 %r4, %r3, 1, 31, 1;")]
    public void Reads_of_registers_that_were_never_written_are_found(string body) =>
        Assert.Contains("reads a register that was never written", _bench.Fault(body, a: _bench.Upload(0)), StringComparison.Ordinal);

    [Theory]
    [InlineData("setp.eq.s32 %p1, %r1, 0; @%p1 mov.u32 %r3, 1; add.s32 %r4, %r3, 1;")]
    [InlineData("mov.u32 %r4, %r3;")]
    [InlineData("setp.eq.s32 %p1, %r1, 0; @%p1 bra L; add.s32 %r4, %r3, 1; L:")]
    [InlineData("setp.eq.s32 %p1, %r1, 0; @%p1 mov.u32 %r3, -1; shfl.sync.idx.b32 %r4, %r1, 0, 31, 1; shfl.sync.bfly.b32 %r4, %r3, 0, 31, 1;")]
    public void Registers_are_judged_by_the_way_that_was_taken(string body) => _bench.Run(body);
}
