using System.Diagnostics;
using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx;

namespace PropertyTests.Cuda.Ptx;

public sealed class ShippedKernelTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void Time_it()
    {
        PtxModule module = PtxModule.Parse(File.ReadAllText(Path.Combine(SourceTree.Root, "native", "kernels.ptx")));
        GlobalMemory memory = new();
        using PtxMachine machine = new(memory);
        const int n = 1 << 20;
        ulong x = memory.Allocate(n * 4), y = memory.Allocate(n * 4);
        MemoryMarshal.Cast<byte, float>(memory.Bytes(x, n * 4)).Fill(-1.5f);
        memory.MarkWritten(x, n * 4);
        byte[] parameters = new byte[20];
        BitConverter.TryWriteBytes(parameters.AsSpan(0), y);
        BitConverter.TryWriteBytes(parameters.AsSpan(8), x);
        BitConverter.TryWriteBytes(parameters.AsSpan(16), n);
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 5; i++)
        {
            machine.Launch(module.Kernels["relu_forward"], (64, 1, 1), (256, 1, 1), parameters);
        }

        output.WriteLine($"{module.Kernels.Count} kernels, {machine.Executed / watch.Elapsed.TotalSeconds / 1e6:F0} M instructions/s, {watch.Elapsed.TotalMilliseconds} ms");
        Assert.Equal(0f, MemoryMarshal.Cast<byte, float>(memory.Bytes(y, n * 4))[12345]);
    }
}
