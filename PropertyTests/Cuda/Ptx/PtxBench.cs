using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;
using Msr.Cuda.Emulation.Ptx.Execution;

namespace PropertyTests.Cuda.Ptx;

/// <summary>
/// A device memory and a machine for kernels of a few lines. A kernel gets three pointers; before its own lines, %d1 to %d3 hold them, %r1 the
/// thread, %r2 the block, %d4 four times the thread, and %d5 to %d7 the pointers plus that.
/// </summary>
internal sealed class PtxBench
{
    private const string Head = """
        .version 6.4
        .target sm_70
        .address_size 64
        """;

    private const string Prologue = """
        {
            .reg .pred %p<9>;
            .reg .b16 %h<9>;
            .reg .b32 %r<32>;
            .reg .f32 %f<32>;
            .reg .b64 %d<32>;
            .reg .f64 %g<9>;
            ld.param.u64 %d1, [a];
            ld.param.u64 %d2, [b];
            ld.param.u64 %d3, [c];
            mov.u32 %r1, %tid.x;
            mov.u32 %r2, %ctaid.x;
            mul.wide.u32 %d4, %r1, 4;
            add.s64 %d5, %d1, %d4;
            add.s64 %d6, %d2, %d4;
            add.s64 %d7, %d3, %d4;
        """;

    public PtxBench()
    {
        Machine = new PtxMachine(Memory);
    }

    public GlobalMemory Memory { get; } = new();

    public PtxMachine Machine { get; }

    /// <summary>A module around the lines of a kernel named k.</summary>
    public static string Module(string body, string variables = "", string directives = "") => $$"""
        {{Head}}
        {{variables}}
        .visible .entry k(.param .u64 a, .param .u64 b, .param .u64 c)
        {{directives}}
        {{Prologue}}
        {{body}}
        ret;
        }
        """;

    public static string ParseFault(string text) => Assert.Throws<EmulationException>(() => PtxModule.Parse(text)).Message;

    /// <summary>A block with contents.</summary>
    public ulong Upload<T>(params T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<T>(values);
        ulong address = Memory.Allocate(bytes.Length);
        bytes.CopyTo(Memory.Bytes(address, bytes.Length));
        Memory.MarkWritten(address, bytes.Length);
        return address;
    }

    /// <summary>The contents of a block, all of which must have been written.</summary>
    public T[] Download<T>(ulong address, int count)
        where T : unmanaged
    {
        long bytes = count * (long)Marshal.SizeOf<T>();
        Memory.RequireWritten(address, bytes, "Download");
        return MemoryMarshal.Cast<byte, T>(Memory.Bytes(address, bytes)).ToArray();
    }

    public void Run(string body, uint threads = 1, uint blocks = 1, ulong a = 0, ulong b = 0, ulong c = 0, string variables = "") =>
        Launch(Module(body, variables), threads, blocks, a, b, c);

    public string Fault(string body, uint threads = 1, uint blocks = 1, ulong a = 0, ulong b = 0, ulong c = 0, string variables = "") =>
        Assert.Throws<EmulationException>(() => Run(body, threads, blocks, a, b, c, variables)).Message;

    public void Launch(string module, uint threads, uint blocks, params ulong[] parameters) =>
        Machine.Launch(PtxModule.Parse(module).Kernels["k"], (blocks, 1, 1), (threads, 1, 1), MemoryMarshal.AsBytes<ulong>(parameters));

    /// <summary>
    /// The results of one instruction, a thread for each input: 64 bits are loaded and cut to the width of each source, and the result is widened to
    /// 64. The shape has a letter for the result and each source: p 1, h 16, w 32, l 64 bits.
    /// </summary>
    public ulong[] Apply(string opcode, string shape, (ulong A, ulong B, ulong C)[] inputs)
    {
        ulong a = Upload([.. inputs.SelectMany(input => new[] { input.A, input.B, input.C })]);
        ulong b = Memory.Allocate(inputs.Length * 8);
        string Register(int k) => shape[k] switch { 'p' => $"%p{k + 1}", 'h' => $"%h{k + 1}", 'w' => $"%r{k + 10}", _ => $"%d{k + 10}" };
        string loads = string.Concat(Enumerable.Range(1, shape.Length - 1).Select(k => $"ld.global.u64 %d{k + 10}, [%d9+{8 * (k - 1)}]; " + shape[k] switch
        {
            'h' => $"cvt.u16.u64 %h{k + 1}, %d{k + 10};\n",
            'w' => $"cvt.u32.u64 %r{k + 10}, %d{k + 10};\n",
            _ => "\n",
        }));
        string widen = shape[0] switch
        {
            'p' => "selp.b64 %d20, 1, 0, %p1;",
            'h' => "cvt.u64.u16 %d20, %h1;",
            'w' => "cvt.u64.u32 %d20, %r10;",
            _ => "mov.b64 %d20, %d10;",
        };
        string body = $"""
            mad.lo.s32 %r3, %r2, 256, %r1;
            setp.ge.u32 %p8, %r3, {inputs.Length};
            @%p8 bra END;
            mul.wide.u32 %d8, %r3, 24;
            add.s64 %d9, %d1, %d8;
            {loads}
            {opcode} {string.Join(", ", Enumerable.Range(0, shape.Length).Select(Register))};
            {widen}
            mul.wide.u32 %d8, %r3, 8;
            add.s64 %d9, %d2, %d8;
            st.global.u64 [%d9], %d20;
            END:
            """;
        Run(body, threads: 256, blocks: (uint)(inputs.Length + 255) / 256, a: a, b: b);
        return Download<ulong>(b, inputs.Length);
    }
}
