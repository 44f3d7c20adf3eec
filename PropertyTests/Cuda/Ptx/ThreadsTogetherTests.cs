using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace PropertyTests.Cuda.Ptx;

public class ThreadsTogetherTests
{
    private readonly PtxBench _bench = new();

    [Theory]
    [InlineData("up", 3, 0)]
    [InlineData("down", 3, 31)]
    [InlineData("bfly", 5, 31)]
    [InlineData("idx", 7, 31)]
    [InlineData("up", 1, 0x1800)]
    [InlineData("down", 9, 0x100f)]
    [InlineData("bfly", 8, 0x1807)]
    [InlineData("idx", 13, 0x181f)]
    public void Shuffles_move_values_within_segments_and_say_what_is_out_of_bounds(string mode, int by, int bounds)
    {
        string body = $"""
            add.s32 %r3, %r1, 100;
            shfl.sync.{mode}.b32 %r4|%p1, %r3, {by}, {bounds}, -1;
            selp.u32 %r5, 1000, 0, %p1;
            add.s32 %r4, %r4, %r5;
            st.global.u32 [%d5], %r4;
            """;
        ulong a = _bench.Memory.Allocate(128);
        _bench.Run(body, threads: 32, a: a);
        (int bound, int segment) = (bounds & 31, bounds >> 8);
        int[] expected = [.. Enumerable.Range(0, 32).Select(lane =>
        {
            (int low, int high) = (lane & segment, (lane & segment) | (bound & ~segment));
            int source = mode switch { "up" => lane - by, "down" => lane + by, "bfly" => lane ^ by, _ => low | (by & ~segment) };
            bool inside = mode == "up" ? source >= high : source <= high;
            return (inside ? source + 1000 : lane) + 100;
        })];
        Assert.Equal(expected, _bench.Download<int>(a, 32));
    }

    [Fact]
    public void Votes_count_the_lanes_of_their_mask()
    {
        const string Body = """
            and.b32 %r3, %r1, 3;
            setp.eq.s32 %p1, %r3, 0;
            vote.sync.ballot.b32 %r4, %p1, -1;
            vote.sync.any.pred %p2, %p1, -1;
            vote.sync.all.pred %p3, %p1, -1;
            vote.sync.uni.pred %p4, !%p3, -1;
            selp.u32 %r5, 2, 0, %p2; selp.u32 %r6, 4, 0, %p3; selp.u32 %r7, 8, 0, %p4;
            add.s32 %r4, %r4, %r5; add.s32 %r4, %r4, %r6; add.s32 %r4, %r4, %r7;
            st.global.u32 [%d5], %r4;
            """;
        ulong a = _bench.Memory.Allocate(128);
        _bench.Run(Body, threads: 32, a: a);
        Assert.Equal(Enumerable.Repeat(0x11111111u + 10, 32), _bench.Download<uint>(a, 32));
    }

    [Fact]
    public void A_block_sums_over_shuffles_and_shared_memory()
    {
        const string Body = """
            cvt.rn.f32.u32 %f1, %r1;
            mov.u32 %r3, 16;
            LOOP: shfl.sync.bfly.b32 %f2, %f1, %r3, 31, -1;
            add.rn.f32 %f1, %f1, %f2;
            shr.u32 %r3, %r3, 1;
            setp.ne.s32 %p1, %r3, 0;
            @%p1 bra LOOP;
            and.b32 %r4, %r1, 31;
            setp.ne.s32 %p2, %r4, 0;
            shr.u32 %r5, %r1, 5;
            mul.wide.u32 %d8, %r5, 4;
            mov.u64 %d9, x;
            add.s64 %d9, %d9, %d8;
            @!%p2 st.shared.f32 [%d9], %f1;
            bar.sync 0;
            ld.shared.v4.f32 {%f3, %f4, %f5, %f6}, [x];
            add.rn.f32 %f3, %f3, %f4; add.rn.f32 %f5, %f5, %f6; add.rn.f32 %f3, %f3, %f5;
            mad.lo.s32 %r6, %r2, 128, %r1;
            mul.wide.u32 %d8, %r6, 4;
            add.s64 %d8, %d1, %d8;
            st.global.f32 [%d8], %f3;
            """;
        ulong a = _bench.Memory.Allocate(1024);
        _bench.Run(Body, threads: 128, blocks: 2, a: a, variables: ".shared .align 16 .b8 x[16];");
        Assert.Equal(Enumerable.Repeat(127f * 64, 256), _bench.Download<float>(a, 256));
    }

    [Fact]
    public void Vectors_halves_and_bytes_are_packed_in_order()
    {
        const string Body = """
            mov.u32 %r2, 77;
            ld.global.nc.v4.f32 {%f1, %f2, %f3, %f4}, [%d1];
            st.global.v2.f32 [%d2], {%f4, %f3};
            mov.b64 %d9, {%r1, %r2};
            st.global.u64 [%d2+48], %d9;
            { .reg .b32 tmp; mov.b64 {tmp, %r12}, %d1; }
            st.global.u32 [%d2+8], %r12;
            mov.b32 {%h1, %h2}, 0x12345678;
            mov.b32 %r13, {%h2, %h1};
            st.global.u32 [%d2+12], %r13;
            ld.global.s8 %h3, [%d1+3];
            ld.global.s8 %r14, [%d1+3];
            ld.global.u8 %r15, [%d1+3];
            ld.global.s16 %r16, [%d1+2];
            st.global.u16 [%d2+16], %h3;
            st.global.u16 [%d2+18], %h3;
            st.global.u32 [%d2+20], %r14; st.global.u32 [%d2+24], %r15; st.global.u32 [%d2+28], %r16;
            ld.global.v2.u64 {%d10, %d11}, [%d1];
            st.global.v2.b64 [%d2+32], {%d11, %d10};
            """;
        ulong a = _bench.Upload(0xc0ffee01u, 2u, 3u, 4u);
        ulong b = _bench.Memory.Allocate(56);
        _bench.Run(Body, a: a, b: b);
        Assert.Equal(
            [4u, 3u, (uint)(a >> 32), 0x56781234u, 0xffc0ffc0u, 0xffffffc0u, 0xc0u, 0xffffc0ffu, 3u, 4u, 0xc0ffee01u, 2u, 0u, 77u],
            _bench.Download<uint>(b, 14));
    }

    [Fact]
    public void A_structure_passed_by_value_is_read_by_fixed_and_by_computed_offsets()
    {
        // struct { float *out; uint n; float a[4]; } as clang passes it.
        const string Text = """
            .version 6.4
            .target sm_70
            .address_size 64
            .visible .entry k(
                .param .align 8 .b8 k_param_0[32],
                .param .u8 k_param_1
            )
            .maxntid 32, 1, 1
            {
                .reg .b16 %rs<2>;
                .reg .b32 %r<6>;
                .reg .f32 %f<3>;
                .reg .b64 %rd<9>;
            // %bb.0:
                mov.b64 %rd1, k_param_0;
                ld.param.u64 %rd2, [k_param_0];
                cvta.to.global.u64 %rd3, %rd2;
                mov.u32 %r1, %tid.x;
                ld.param.u8 %rs1, [k_param_1];
                cvt.u32.u16 %r2, %rs1;
                ld.param.u32 %r3, [%rd1+8];
                add.s32 %r4, %r2, %r3;
                cvt.rn.f32.u32 %f1, %r4;
                mul.wide.u32 %rd4, %r1, 4;
                add.s64 %rd5, %rd1, %rd4;
                ld.param.f32 %f2, [%rd5+12];
                add.rn.f32 %f1, %f1, %f2;
                add.s64 %rd6, %rd3, %rd4;
                st.global.f32 [%rd6], %f1;
                ret;
                                        // -- End function
            }
            """;
        PtxKernel kernel = PtxModule.Parse(Text).Kernels["k"];
        ulong a = _bench.Memory.Allocate(16);
        byte[] parameters = new byte[33];
        MemoryMarshal.Write(parameters, a);
        MemoryMarshal.Write(parameters.AsSpan(8), 1000u);
        MemoryMarshal.AsBytes<float>([.5f, 1.5f, 2.5f, 3.5f]).CopyTo(parameters.AsSpan(12));
        parameters[32] = 7;
        _bench.Machine.Launch(kernel, (1, 1, 1), (4, 1, 1), parameters);
        Assert.Equal([1007.5f, 1008.5f, 1009.5f, 1010.5f], _bench.Download<float>(a, 4));
    }

    [Fact]
    public void Every_thread_has_local_memory_of_its_own()
    {
        const string Body = """
            .local .align 4 .b8 __local_depot0[32];
            .reg .b64 %SP; .reg .b64 %SPL;
            mov.u64 %SPL, __local_depot0;
            cvta.local.u64 %SP, %SPL;
            st.local.u32 [%SPL+4], %r1;
            bar.sync 0;
            ld.u32 %r3, [%SP+4];
            st.global.u32 [%d5], %r3;
            """;
        ulong a = _bench.Memory.Allocate(256);
        _bench.Run(Body, threads: 64, a: a);
        Assert.Equal(Enumerable.Range(0, 64), _bench.Download<int>(a, 64));
    }

    [Fact]
    public void Variables_of_the_module_have_contents_and_keep_what_is_written()
    {
        const string Variables = ".const .align 4 .b8 x[12] = {1, 0, 0, 0, 2}; .global .align 4 .u32 y[2] = {5, 6}; .global .align 4 .u32 z;";
        const string Body = """
            ld.const.u32 %r3, [x+4]; ld.const.u32 %r4, [x+8]; ld.global.u32 %r5, [y+4];
            st.global.v2.u32 [%d1], {%r3, %r4}; st.global.u32 [%d1+8], %r5;
            ld.global.u32 %r6, [z]; add.s32 %r6, %r6, 1; st.global.u32 [z], %r6; st.global.u32 [%d1+12], %r6;
            """;
        PtxKernel kernel = PtxModule.Parse(PtxBench.Module(Body, Variables)).Kernels["k"];
        ulong a = _bench.Memory.Allocate(16);
        _bench.Machine.Launch(kernel, (1, 1, 1), (1, 1, 1), MemoryMarshal.AsBytes<ulong>([a, 0, 0]));
        _bench.Machine.Launch(kernel, (1, 1, 1), (1, 1, 1), MemoryMarshal.AsBytes<ulong>([a, 0, 0]));
        Assert.Equal([2u, 0u, 6u, 2u], _bench.Download<uint>(a, 4));
    }

    [Fact]
    public void Special_registers_name_thread_and_block_in_three_directions()
    {
        const string Body = """
            mov.u32 %r3, %tid.y; mov.u32 %r4, %tid.z; mov.u32 %r5, %ctaid.y; mov.u32 %r6, %ctaid.z;
            mov.u32 %r7, %ntid.x; mov.u32 %r8, %ntid.y; mov.u32 %r9, %ntid.z; mov.u32 %r10, %nctaid.x; mov.u32 %r11, %nctaid.y; mov.u32 %r12, %nctaid.z;
            mad.lo.s32 %r13, %r6, %r11, %r5; mad.lo.s32 %r13, %r13, %r10, %r2;
            mad.lo.s32 %r13, %r13, %r9, %r4; mad.lo.s32 %r13, %r13, %r8, %r3; mad.lo.s32 %r13, %r13, %r7, %r1;
            mul.wide.u32 %d8, %r13, 8; add.s64 %d8, %d1, %d8;
            mov.u32 %r14, %laneid;
            st.global.v2.u32 [%d8], {%r12, %r14};
            """;
        const int Threads = 3 * 5 * 4;
        ulong a = _bench.Memory.Allocate(24 * Threads * 8);
        _bench.Machine.Launch(PtxModule.Parse(PtxBench.Module(Body)).Kernels["k"], (2, 3, 4), (3, 5, 4), MemoryMarshal.AsBytes<ulong>([a, 0, 0]));
        Assert.Equal(Enumerable.Range(0, 24 * Threads).SelectMany(t => new[] { 4, t % Threads % 32 }), _bench.Download<int>(a, 24 * Threads * 2));
    }
}
