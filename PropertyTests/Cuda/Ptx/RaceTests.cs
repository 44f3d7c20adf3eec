namespace PropertyTests.Cuda.Ptx;

public class RaceTests
{
    private const string Shared = ".shared .align 4 .b8 x[4096];";

    // Every thread writes its own word, then reads its neighbour's.
    private const string Rotate = """
        mov.u64 %d8, x;
        add.s64 %d9, %d8, %d4;
        st.shared.u32 [%d9], %r1;
        BARRIER
        xor.b32 %r3, %r1, MASK;
        mul.wide.u32 %d10, %r3, 4;
        add.s64 %d10, %d8, %d10;
        ld.shared.u32 %r4, [%d10];
        """;

    private readonly PtxBench _bench = new();

    [Theory]
    [InlineData("bar.sync 0;", "1", false)]
    [InlineData("bar.sync 0;", "32", false)]
    [InlineData("bar.warp.sync -1;", "1", false)]
    [InlineData("bar.warp.sync -1;", "32", true)]
    [InlineData("", "1", true)]
    [InlineData("", "32", true)]
    public void Threads_of_a_block_race_where_no_barrier_parts_them(string barrier, string mask, bool races)
    {
        string body = Rotate.Replace("BARRIER", barrier, StringComparison.Ordinal).Replace("MASK", mask, StringComparison.Ordinal);
        if (races)
        {
            // The threads run in order, so the first one to see the other's write, or the lack of it, is at fault.
            Assert.Matches("race: shared address|never written", _bench.Fault(body, threads: 64, variables: Shared));
        }
        else
        {
            _bench.Run(body, threads: 64, variables: Shared);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("bar.sync 0;", false)]
    [InlineData("bar.warp.sync -1;", false)]
    public void A_write_after_a_read_by_others_needs_a_barrier(string barrier, bool races)
    {
        string body = $"""
            setp.ne.s32 %p1, %r1, 0;
            @%p1 bra READ;
            st.global.u32 [%d1], 1;
            READ: bar.sync 0;
            ld.global.u32 %r3, [%d1];
            {barrier}
            setp.ne.s32 %p1, %r1, 31;
            @%p1 bra END;
            st.global.u32 [%d1], 1;
            END:
            """;
        ulong a = _bench.Memory.Allocate(4);
        if (races)
        {
            string message = _bench.Fault(body, threads: 32, a: a);
            Assert.Contains("race: global address", message, StringComparison.Ordinal);
            Assert.Contains("no barrier in between", message, StringComparison.Ordinal);
        }
        else
        {
            _bench.Run(body, threads: 32, a: a);
        }
    }

    [Fact]
    public void A_warp_barrier_does_not_part_the_warps()
    {
        const string Body = """
            ld.global.u32 %r3, [%d1];
            bar.warp.sync -1;
            setp.ne.s32 %p1, %r1, 63;
            @%p1 bra END;
            st.global.u32 [%d1], 1;
            END:
            """;
        _bench.Run(Body, threads: 32, a: _bench.Upload(1));
        Assert.Contains("race", _bench.Fault(Body, threads: 64, a: _bench.Upload(1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("st.global.u32 [%d1], 1;", "st.global.u32 [%d1], 1;")]
    [InlineData("ld.global.u32 %r3, [%d1];", "st.global.u32 [%d1], 1;")]
    [InlineData("st.global.u32 [%d1], 1;", "ld.global.u32 %r3, [%d1];")]
    [InlineData("red.global.add.u32 [%d1], 1;", "ld.global.u32 %r3, [%d1];")]
    [InlineData("ld.global.u32 %r3, [%d1];", "red.global.add.u32 [%d1], 1;")]
    [InlineData("red.global.add.u32 [%d1], 1;", "st.global.u32 [%d1], 1;")]
    [InlineData("st.global.u32 [%d1], 1;", "red.global.add.u32 [%d1], 1;")]
    [InlineData("ld.global.u64 %d9, [%d1];", "st.global.u32 [%d1+4], 1;")]
    public void Blocks_of_one_launch_race_on_one_word_and_no_barrier_helps(string first, string second)
    {
        string body = $"setp.ne.s32 %p1, %r2, 0; @%p1 bra L; {first} bar.sync 0; ret; L: bar.sync 0; {second}";
        string message = _bench.Fault(body, blocks: 2, a: _bench.Upload(1, 2));
        Assert.Contains("block (1, 0, 0)", message, StringComparison.Ordinal);
        Assert.Contains("of another block of this launch", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_by_an_early_block_is_not_forgotten_after_reads_by_later_ones()
    {
        const string Body = "ld.global.u32 %r3, [%d1]; bar.sync 0; setp.ne.s32 %p1, %r2, 2; @%p1 bra L; st.global.u32 [%d1], 1; L:";
        Assert.Contains("race", _bench.Fault(Body, blocks: 3, a: _bench.Upload(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_atomic_of_an_early_block_is_not_forgotten_after_atomics_of_later_ones()
    {
        const string Body = "red.global.add.u32 [%d1], 1; bar.sync 0; setp.ne.s32 %p1, %r2, 2; @%p1 bra L; ld.global.u32 %r3, [%d1]; L:";
        Assert.Contains("race", _bench.Fault(Body, blocks: 3, a: _bench.Upload(1)), StringComparison.Ordinal);
    }

    /// <summary>Its own block is parted from the write by the barrier; an atomic of another block is not.</summary>
    [Fact]
    public void A_write_is_not_forgotten_after_an_atomic_of_its_own_block()
    {
        const string Body = "setp.ne.s32 %p1, %r2, 0; @%p1 bra L; st.global.u32 [%d1], 1; L: bar.sync 0; red.global.add.u32 [%d1], 1;";
        _bench.Run(Body, threads: 1, blocks: 1, a: _bench.Upload(1));
        Assert.Contains("of another block of this launch", _bench.Fault(Body, threads: 1, blocks: 2, a: _bench.Upload(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Atomics_on_one_word_do_not_race_and_lose_nothing()
    {
        ulong a = _bench.Upload(0, 0);
        _bench.Run("red.global.add.u32 [%d1], 1; atom.global.add.f32 %f1, [%d1+4], 0f3F800000;", threads: 64, blocks: 3, a: a);
        Assert.Equal([192, BitConverter.SingleToInt32Bits(192f)], _bench.Download<int>(a, 2));
    }

    [Theory]
    [InlineData("ld.global.u32 %r3, [%d1];")]
    [InlineData("st.global.u32 [%d1], 5;")]
    public void An_atomic_races_with_a_plain_access_of_another_thread(string line)
    {
        string body = $"setp.ne.s32 %p1, %r1, 0; @%p1 bra L; {line} L: red.global.add.u32 [%d1], 1;";
        _bench.Run(body, threads: 1, a: _bench.Upload(1));
        Assert.Contains("race", _bench.Fault(body, threads: 2, a: _bench.Upload(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_alone_never_race() => _bench.Run("ld.global.u32 %r3, [%d1];", threads: 96, blocks: 3, a: _bench.Upload(1));

    [Fact]
    public void Launches_one_after_the_other_do_not_race()
    {
        ulong a = _bench.Upload(1);
        for (int launch = 0; launch < 3; launch++)
        {
            _bench.Run("ld.global.u32 %r3, [%d1]; st.global.u32 [%d1], 1;", a: a);
        }
    }

    [Fact]
    public void Shared_memory_of_two_blocks_is_not_the_same() =>
        _bench.Run(Rotate.Replace("BARRIER", "bar.sync 0;", StringComparison.Ordinal).Replace("MASK", "1", StringComparison.Ordinal), threads: 32, blocks: 4, variables: Shared);
}
