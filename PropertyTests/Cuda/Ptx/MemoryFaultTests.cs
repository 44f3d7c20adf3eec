using Msr.Cuda.Emulation.Faults;

namespace PropertyTests.Cuda.Ptx;

public class MemoryFaultTests
{
    private readonly PtxBench _bench = new();

    [Fact]
    public void A_read_one_past_the_end_is_found_and_named()
    {
        ulong a = _bench.Upload(1f, 2f, 3f);
        string message = _bench.Fault("ld.global.f32 %f1, [%d5];", threads: 4, a: a);
        Assert.Contains("Kernel k, block (0, 0, 0), thread (3, 0, 0), at 'ld.global.f32 %f1, [%d5]' (PTX line 23): ", message, StringComparison.Ordinal);
        Assert.Contains("1 bytes past the last byte of the block", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("st.global.f32 [%d5+4], 0f00000000;")]
    [InlineData("st.global.f32 [%d5+-4], 0f00000000;")]
    [InlineData("st.global.u64 [%d5], 7;")]
    [InlineData("st.global.v2.u32 [%d1], {1, 2};")]
    [InlineData("ld.global.u64 %d9, [%d1];")]
    [InlineData("st.global.u8 [%d1+4], 1;")]
    [InlineData("ld.global.f32 %f1, [%d1+65536];")]
    [InlineData("ld.global.f32 %f1, [%d2];")]
    [InlineData("atom.global.add.u32 %r3, [%d1+4], 1;")]
    public void Accesses_outside_a_block_are_found(string line)
    {
        string message = _bench.Fault(line, a: _bench.Upload(1f));
        Assert.Matches("past the last byte|before the block|overrun", message);
    }

    [Fact]
    public void The_last_bytes_of_a_block_that_is_no_multiple_of_four_are_its_own()
    {
        ulong a = _bench.Upload<byte>(1, 2, 3, 4, 5, 6);
        _bench.Run("ld.global.u16 %h1, [%d1+4]; st.global.u8 [%d1+5], %h1;", a: a);
        Assert.Contains("overrun", _bench.Fault("ld.global.u32 %r3, [%d1+4];", a: a), StringComparison.Ordinal);
    }

    [Fact]
    public void A_freed_block_is_named_as_freed()
    {
        ulong a = _bench.Upload(1f);
        _bench.Run("ld.global.f32 %f1, [%d1];", a: a);
        _bench.Memory.Free(a);
        Assert.Contains("which was freed", _bench.Fault("ld.global.f32 %f1, [%d1];", a: a), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.global.f32 %f1, [%d1+2];")]
    [InlineData("ld.global.v2.f32 {%f1, %f2}, [%d1+4];")]
    [InlineData("ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%d1+8];")]
    [InlineData("st.global.v4.f32 [%d1+8], {0f00000000, 0f00000000, 0f00000000, 0f00000000};")]
    [InlineData("ld.global.u64 %d9, [%d1+4];")]
    [InlineData("ld.global.u16 %h1, [%d1+1];")]
    [InlineData("red.global.add.u32 [%d1+1], 1;")]
    public void Misaligned_accesses_are_found(string line) =>
        Assert.Contains("misaligned", _bench.Fault(line, a: _bench.Upload(new float[8])), StringComparison.Ordinal);

    [Theory]
    [InlineData("ld.global.f32 %f1, [%d1+4];")]
    [InlineData("ld.global.v2.f32 {%f1, %f2}, [%d1];")]
    [InlineData("ld.global.u64 %d9, [%d1];")]
    [InlineData("atom.global.add.u32 %r3, [%d1+4], 1;")]
    public void Reads_of_what_was_never_written_are_found(string line)
    {
        ulong a = _bench.Memory.Allocate(8);
        _bench.Memory.MarkWritten(a, 4);
        Assert.Contains("never written", _bench.Fault(line, a: a), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_which_only_some_bytes_were_written_is_not_read_as_a_whole()
    {
        ulong a = _bench.Memory.Allocate(4);
        _bench.Run("st.global.u8 [%d1], 1; st.global.u8 [%d1+1], 1; ld.global.u16 %h1, [%d1];", a: a);
        Assert.Contains("never written", _bench.Fault("ld.global.u32 %r3, [%d1];", a: a), StringComparison.Ordinal);
        Assert.Contains("never written", _bench.Fault("ld.global.u8 %h1, [%d1+2];", a: a), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_kernel_writes_counts_as_written()
    {
        ulong a = _bench.Memory.Allocate(32);
        _bench.Run("st.global.f32 [%d1], 0f3F800000; st.global.v4.u32 [%d1+16], {1, 2, 3, 4}; st.global.u64 [%d1+8], -1;", a: a);
        Assert.Equal([0x3f800000u], _bench.Download<uint>(a, 1));
        Assert.Equal([ulong.MaxValue, 1 | (2UL << 32), 3 | (4UL << 32)], _bench.Download<ulong>(a + 8, 3));
        Assert.Contains("never written", Assert.Throws<EmulationException>(() => _bench.Download<uint>(a, 2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.shared.f32 %f1, [x];", "never written")]
    [InlineData("ld.shared.f32 %f1, [x+16];", "between two variables")]
    [InlineData("st.shared.f32 [x+16], 0f00000000;", "between two variables")]
    [InlineData("st.shared.v2.f32 [x+16], {0f00000000, 0f00000000};", "between two variables")]
    [InlineData("st.shared.u32 [y+1000], 1;", "is outside every variable")]
    [InlineData("mov.u64 %d9, -4; st.shared.u32 [%d9], 1;", "is outside every variable")]
    [InlineData("st.shared.u32 [x+2], 1;", "misaligned")]
    [InlineData("atom.shared.add.u32 %r3, [x], 1;", "never written")]
    public void Wrong_accesses_of_shared_memory_are_found(string line, string what)
    {
        const string Variables = ".shared .align 4 .b8 x[16]; .shared .align 4 .b8 y[16];";
        Assert.Contains(what, _bench.Fault("st.shared.u32 [y], 1; " + line, variables: Variables), StringComparison.Ordinal);
    }

    [Fact]
    public void Shared_memory_is_fresh_for_every_block()
    {
        const string Body = "setp.ne.s32 %p1, %r2, 0; @%p1 bra L; st.shared.u32 [x], 1; L: ld.shared.u32 %r3, [x];";
        string message = _bench.Fault(Body, blocks: 2, variables: ".shared .align 4 .b8 x[4];");
        Assert.Contains("block (1, 0, 0)", message, StringComparison.Ordinal);
        Assert.Contains("never written", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.local.u32 %r3, [s+4];", "never written")]
    [InlineData("st.local.u32 [s+64], 1;", "is outside every variable")]
    [InlineData("st.local.u32 [s+1], 1;", "misaligned")]
    public void Wrong_accesses_of_local_memory_are_found(string line, string what) =>
        Assert.Contains(what, _bench.Fault(".local .align 4 .b8 s[64]; st.local.u32 [s], 1; " + line), StringComparison.Ordinal);

    [Fact]
    public void Local_memory_is_fresh_for_every_block()
    {
        const string Body = ".local .align 4 .b8 s[4]; setp.ne.s32 %p1, %r2, 0; @%p1 bra L; st.local.u32 [s], 1; L: ld.local.u32 %r3, [s];";
        string message = _bench.Fault(Body, blocks: 2);
        Assert.Contains("block (1, 0, 0)", message, StringComparison.Ordinal);
        Assert.Contains("never written", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_are_not_written()
    {
        const string Body = "mov.u64 %d9, x; cvta.const.u64 %d10, %d9; ld.u32 %r3, [%d10]; st.u32 [%d10], 1;";
        Assert.Contains("constant memory", _bench.Fault(Body, variables: ".const .align 4 .b8 x[4];"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_shared_memory_is_no_generic_address() =>
        Assert.Contains("global address 0x0", _bench.Fault("mov.u64 %d9, x; st.u32 [%d9], 1;", variables: ".shared .align 4 .b8 x[4];"), StringComparison.Ordinal);
}
