using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>A launch hands the driver a pointer to each argument, in order, with the bits that the kernel reads.</summary>
public sealed class LaunchTests : IDisposable
{
    private static readonly CudaFunction Kernel = new(5, "project");

    private readonly FakeDriver _driver = new();
    private readonly CudaContext _context;
    private readonly CudaStream _stream;

    public LaunchTests()
    {
        _context = new CudaContext(new DriverApi(_driver), 0);
        _stream = new CudaStream(_context);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _context.Dispose();
    }

    [Fact]
    public void Scalars_and_addresses_lie_behind_their_slots()
    {
        _driver.SlotBytes = [8, 4, 4, 4, 4];
        _stream.Launch(Kernel, 7, 3, 256, 0x1122334455667788UL, 9u, -2, true, 1.5f);
        Assert.Equal(["8877665544332211", "09000000", "FEFFFFFF", "01000000", "0000C03F"], _driver.Slots);
        Assert.Equal([7u, 3u, 1u, 256u, 1u, 1u, 0u], _driver.Shape);
        Assert.Equal(_stream.Handle, _driver.LaunchStream);
    }

    [Fact]
    public void A_struct_is_the_first_argument()
    {
        _driver.SlotBytes = [12, 8];
        _stream.Launch(Kernel, 1, 1, 32, new Extent { A = 1, B = 2, C = 3 }, 4UL);
        Assert.Equal(["010000000200000003000000", "0400000000000000"], _driver.Slots);
    }

    [Fact]
    public void A_lone_struct_needs_no_other_argument()
    {
        _driver.SlotBytes = [12];
        Extent extent = new() { A = 1, B = 2, C = 3 };
        _stream.Launch(Kernel, 1, 1, 32, in extent);
        Assert.Equal(["010000000200000003000000"], _driver.Slots);
    }

    [Fact]
    public void A_truth_value_that_comes_first_fills_a_whole_word()
    {
        // Passed as a struct it would be one byte, and the kernel would read the neighbours as well.
        Flags flags = new() { First = true, Neighbours = 0xFFFFFF };
        _driver.SlotBytes = [4, 4];
        _stream.Launch(Kernel, 1, 1, 32, flags.First, false);
        Assert.Equal(["01000000", "00000000"], _driver.Slots);
    }

    [Fact]
    public void The_most_arguments_go_through_and_one_more_is_refused()
    {
        KernelArgument[] many = new KernelArgument[128];
        many[127] = 6u;
        _driver.SlotBytes = [.. Enumerable.Repeat(8, 128)];
        _stream.Launch(Kernel, 1, 1, 32, many.AsSpan());
        Assert.Equal("0600000000000000", _driver.Slots[127]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _stream.Launch(Kernel, 1, 1, 32, new KernelArgument[129].AsSpan()));
    }

    [Fact]
    public void A_launch_allocates_nothing()
    {
        _driver.Calls.Capacity = 1000;
        Extent extent = default;
        long allocated = 0;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _stream.Launch(Kernel, 1, 1, 32, in extent, 1u, 2UL);
            _stream.Launch(Kernel, 1, 1, 32, 1u, 2UL);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_launch_that_fails_names_the_kernel()
    {
        _driver.Failing["cuLaunchKernel"] = 1;
        CudaException failure = Assert.Throws<CudaException>(() => _stream.Launch(Kernel, 7, 3, 256, 1u));
        Assert.StartsWith("cuLaunchKernel of kernel 'project' with grid [7, 3] and block [256] failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_the_driver_refuses_comes_with_the_compilers_log()
    {
        _driver.Log = "ptxas line 3: syntax error\n";
        _driver.Failing["cuModuleLoadDataEx"] = 218;
        CudaException failure = Assert.Throws<CudaException>(() => new CudaModule(_context, ".version 6.4"u8));
        Assert.EndsWith("please report it with the log. The compiler's log: ptxas line 3: syntax error", failure.Message, StringComparison.Ordinal);
        Assert.Equal(".version 6.4\0", _driver.Module);
    }

    [Fact]
    public void A_kernel_keeps_its_name_and_a_missing_one_is_named()
    {
        using CudaModule module = new(_context, "x"u8);
        Assert.Equal(new CudaFunction(4, "fold"), module.Function("fold"));
        _driver.Failing["cuModuleGetFunction"] = 500;
        Assert.StartsWith(
            "cuModuleGetFunction of kernel 'unfold' failed",
            Assert.Throws<CudaException>(() => module.Function("unfold")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Copies_of_nothing_reach_no_driver()
    {
        int calls = _driver.Calls.Count;
        _stream.CopyToDevice(1, null, 0);
        _stream.CopyToHost(null, 1, 0);
        Assert.Equal(calls, _driver.Calls.Count);
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
        public int A;
        public int B;
        public int C;
    }
}
