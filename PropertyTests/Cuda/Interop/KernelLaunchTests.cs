using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>A launch hands the driver a pointer to each argument, in order, with the bits that the kernel reads.</summary>
public sealed unsafe class KernelLaunchTests : IDisposable
{
    private readonly BoundCuda _bound = new();
    private readonly CudaStream _stream;

    public KernelLaunchTests() => _stream = _bound.Stream;

    public void Dispose() => _bound.Dispose();

    [Fact]
    public void Scalars_and_addresses_are_read_with_their_bits()
    {
        using Probe probe = new(_bound, "u64", "u32", "u32", "u32", "f32");
        _stream.Launch(probe.Kernel, 7, 3, 256, probe.Address, 0x1122334455667788UL, 9u, -2, true, 1.5f);
        Assert.Equal(["8877665544332211", "09000000", "FEFFFFFF", "01000000", "0000C03F"], probe.Read());
        Assert.Equal([7, 3, 1, 256, 1, 1], probe.Extents());
    }

    [Fact]
    public void A_launch_is_queued_on_its_stream()
    {
        using Probe probe = new(_bound, "u32");
        CudaFunction kernel = probe.Kernel;
        _stream.BeginCapture();
        _stream.Launch(kernel, 1, 1, 32, probe.Address, 5u);
        using CudaGraph graph = _stream.EndCapture();
        Assert.Equal(["CDCDCDCD"], probe.Read());
        graph.Launch(_stream);
        Assert.Equal(["05000000"], probe.Read());
    }

    [Fact]
    public void A_struct_is_the_first_argument()
    {
        using Probe probe = new(_bound, true, "u32", "u32", "u32", "u64");
        _stream.Launch(probe.Kernel, 1, 1, 32, new Extent { Address = probe.Address, A = 1, B = 2, C = 3 }, 4UL);
        Assert.Equal(["01000000", "02000000", "03000000", "0400000000000000"], probe.Read());
    }

    [Fact]
    public void A_lone_struct_needs_no_other_argument()
    {
        using Probe probe = new(_bound, true, "u32", "u32", "u32");
        Extent extent = new() { Address = probe.Address, A = 1, B = 2, C = 3 };
        _stream.Launch(probe.Kernel, 1, 1, 32, in extent);
        Assert.Equal(["01000000", "02000000", "03000000"], probe.Read());
    }

    [Fact]
    public void A_truth_value_that_comes_first_fills_a_whole_word()
    {
        // Passed as a struct it would be one byte, and the kernel would read the neighbours as well.
        using Probe probe = new(_bound, "u32", "u32") { AddressIsLast = true };
        Flags flags = new() { First = true, Neighbours = 0xFFFFFF };
        _stream.Launch(probe.Kernel, 1, 1, 32, flags.First, false, probe.Address);
        Assert.Equal(["01000000", "00000000"], probe.Read());
    }

    [Fact]
    public void The_most_arguments_go_through_and_one_more_is_refused()
    {
        using Probe probe = new(_bound, [.. Enumerable.Repeat("u64", 127)]);
        KernelArgument[] many = new KernelArgument[128];
        many[0] = probe.Address;
        many[127] = 6u;
        _stream.Launch(probe.Kernel, 1, 1, 32, many.AsSpan());
        Assert.Equal("0600000000000000", probe.Read()[126]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _stream.Launch(probe.Kernel, 1, 1, 32, new KernelArgument[129].AsSpan()));
    }

    [Fact]
    public void A_launch_allocates_nothing()
    {
        QuietLibrary library = new(_bound.Cuda.Libraries.Driver, "cuLaunchKernel");
        using CudaContext context = new(new DriverApi(library), 0);
        using CudaStream stream = new(context);
        CudaFunction kernel = new(5, "project");
        Extent extent = default;
        long allocated = 0;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            stream.Launch(kernel, 1, 1, 32, in extent, 1u, 2UL);
            stream.Launch(kernel, 1, 1, 32, 1u, 2UL);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_launch_that_fails_names_the_kernel()
    {
        using Probe probe = new(_bound, "u32");
        _bound.Cuda.FailAt("cuLaunchKernel", 1, 1);
        CudaException failure = Assert.Throws<CudaException>(() => _stream.Launch(probe.Kernel, 7, 3, 256, 1u));
        Assert.StartsWith("cuLaunchKernel of kernel 'project' with grid [7, 3] and block [256] failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_the_driver_refuses_comes_with_the_compilers_log()
    {
        CudaException failure = Assert.Throws<CudaException>(() => new CudaModule(_bound.Context, "nothing"u8));
        Assert.Equal(218, failure.Status);
        Assert.EndsWith(
            "please report it with the log. The compiler's log: ptxas: the text has no .version directive.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_ends_where_its_span_does()
    {
        byte[] followed = BoundCuda.Text(BoundCuda.Module + " and what no compiler takes");
        using CudaModule module = new(_bound.Context, followed.AsSpan(0, BoundCuda.Module.Length));
        Assert.Equal("fold", module.Function("fold").Name);
        Assert.Throws<CudaException>(() => new CudaModule(_bound.Context, followed));
    }

    [Fact]
    public void A_kernel_keeps_its_name_and_a_missing_one_is_named()
    {
        using CudaModule module = new(_bound.Context, BoundCuda.Text(BoundCuda.Module));
        CudaFunction fold = module.Function("fold");
        Assert.Equal("fold", fold.Name);
        Assert.NotEqual(0, fold.Handle);
        Assert.StartsWith(
            "cuModuleGetFunction of kernel 'unfold' failed",
            Assert.Throws<CudaException>(() => module.Function("unfold")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_nothing_reach_no_driver()
    {
        long calls = _bound.Cuda.CallCount;
        _stream.CopyToDevice(1, null, 0);
        _stream.CopyToHost(null, 1, 0);
        Assert.Equal(calls, _bound.Cuda.CallCount);
    }

    /// <summary>
    /// A kernel 'project' whose first thread writes its arguments to memory, each into eight bytes, and behind them the extents of grid and block.
    /// The address of the memory is the first argument, the first member of a first struct, or the last argument.
    /// </summary>
    private sealed class Probe : IDisposable
    {
        private readonly BoundCuda _bound;
        private readonly string[] _types;
        private readonly bool _struct;
        private readonly DeviceAllocation _memory;
        private CudaModule? _module;

        public Probe(BoundCuda bound, params string[] types)
            : this(bound, false, types)
        {
        }

        public Probe(BoundCuda bound, bool isStruct, params string[] types)
        {
            (_bound, _types, _struct) = (bound, types, isStruct);
            _memory = new DeviceAllocation(bound.Context, 8 * (types.Length + 6));
            Assert.Equal(0, bound.Cuda.Libraries.Driver.Required<DriverFunctions.cuMemsetD8Async>("any")(_memory.Address, 0xCD, (nuint)_memory.Bytes, 0));
        }

        public bool AddressIsLast { get; init; }

        public ulong Address => _memory.Address;

        public CudaFunction Kernel => (_module ??= new CudaModule(_bound.Context, BoundCuda.Text(Text()))).Function("project");

        /// <summary>The bytes of each argument as they lie in memory, in hexadecimal.</summary>
        public string[] Read()
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<float>(_bound.Download(_memory));
            string[] read = new string[_types.Length];
            for (int i = 0; i < read.Length; i++)
            {
                read[i] = Convert.ToHexString(bytes.Slice(8 * i, _types[i] == "u64" ? 8 : 4));
            }

            return read;
        }

        /// <summary>The extents of the grid and of a block.</summary>
        public int[] Extents() => [.. Enumerable.Range(0, 6).Select(i => BitConverter.SingleToInt32Bits(_bound.Download(_memory)[2 * (_types.Length + i)]))];

        public void Dispose()
        {
            _module?.Dispose();
            _memory.Dispose();
        }

        private string Text()
        {
            int inStruct = _struct ? 3 : 0;
            List<string> parameters = [.. _types.Skip(inStruct).Select((type, i) => $".param .{type} p{i + inStruct}")];
            parameters.Insert(AddressIsLast ? parameters.Count : 0, _struct ? ".param .align 8 .b8 base[24]" : ".param .u64 base");
            StringBuilder body = new();
            for (int i = 0; i < _types.Length; i++)
            {
                string register = _types[i] switch { "u64" => "%rd3", "f32" => "%f1", _ => "%r4" };
                string source = i < inStruct ? string.Create(CultureInfo.InvariantCulture, $"base+{8 + (4 * i)}") : $"p{i}";
                body.AppendLine(CultureInfo.InvariantCulture, $"ld.param.{_types[i]} {register}, [{source}];");
                body.AppendLine(CultureInfo.InvariantCulture, $"st.global.{_types[i]} [%rd2+{8 * i}], {register};");
            }

            foreach ((string extent, int i) in ((string[])["nctaid.x", "nctaid.y", "nctaid.z", "ntid.x", "ntid.y", "ntid.z"]).Select(static (name, i) => (name, i)))
            {
                body.AppendLine(CultureInfo.InvariantCulture, $"mov.u32 %r4, %{extent};");
                body.AppendLine(CultureInfo.InvariantCulture, $"st.global.u32 [%rd2+{8 * (_types.Length + i)}], %r4;");
            }

            return $$"""
                .version 6.4
                .target sm_70
                .address_size 64

                .visible .entry project({{string.Join(", ", parameters)}})
                {
                    .reg .pred %p<2>;
                    .reg .b32 %r<5>;
                    .reg .f32 %f<2>;
                    .reg .b64 %rd<4>;
                    mov.u32 %r1, %ctaid.x;
                    mov.u32 %r2, %ctaid.y;
                    mov.u32 %r3, %tid.x;
                    or.b32 %r1, %r1, %r2;
                    or.b32 %r1, %r1, %r3;
                    setp.ne.u32 %p1, %r1, 0;
                    @%p1 bra $L__end;
                    ld.param.u64 %rd1, [base];
                    cvta.to.global.u64 %rd2, %rd1;
                    {{body}}
                $L__end:
                    ret;
                }
                """;
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Flags
    {
        public bool First;
        public int Neighbours;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Extent
    {
        public ulong Address;
        public int A;
        public int B;
        public int C;
    }
}
