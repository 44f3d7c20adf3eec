using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;

namespace PropertyTests.Cuda.Ptx;

public class GlobalMemoryTests
{
    private readonly GlobalMemory _memory = new();

    [Fact]
    public void Blocks_are_aligned_apart_and_counted()
    {
        ulong a = _memory.Allocate(1);
        ulong b = _memory.Allocate(1000);
        Assert.True(a >= 0x7f00_0000_0000 && a % 256 == 0 && b % 256 == 0 && b > a + 4096);
        Assert.Equal((2, 1001L), (_memory.LiveBlocks, _memory.LiveBytes));
        _memory.Free(a);
        Assert.Equal((1, 1000L), (_memory.LiveBlocks, _memory.LiveBytes));
        Assert.True(_memory.Allocate(1) > b);
    }

    [Fact]
    public void Fresh_bytes_are_not_numbers()
    {
        ulong a = _memory.Allocate(16);
        Assert.True(float.IsNaN(BitConverter.ToSingle(_memory.Bytes(a, 4))));
        Assert.True(double.IsNaN(BitConverter.ToDouble(_memory.Bytes(a + 8, 8))));
    }

    [Fact]
    public void Ranges_lie_within_one_live_block()
    {
        ulong a = _memory.Allocate(10);
        Assert.Equal(10, _memory.Bytes(a, 10).Length);
        Assert.Equal(0, _memory.Bytes(a + 10, 0).Length);
        Assert.Contains("overruns the block 0x7f0000000000 of 10 bytes by 1 bytes", Fault(() => _memory.Bytes(a, 11)), StringComparison.Ordinal);
        Assert.Contains("5 bytes past the last byte", Fault(() => _memory.Bytes(a + 14, 1)), StringComparison.Ordinal);
        Assert.Contains("16 bytes before the block", Fault(() => _memory.Bytes(a - 16, 1)), StringComparison.Ordinal);
        Assert.Contains("a length is at least 0", Fault(() => _memory.Bytes(a, -1)), StringComparison.Ordinal);
        _memory.Free(a);
        Assert.Contains("which was freed", Fault(() => _memory.Bytes(a, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_start_of_a_live_block_is_freed()
    {
        ulong a = _memory.Allocate(10);
        Assert.Contains("must be freed by its first address", Fault(() => _memory.Free(a + 4)), StringComparison.Ordinal);
        Assert.Contains("before", Fault(() => _memory.Free(5)), StringComparison.Ordinal);
        _memory.Free(a);
        Assert.Contains("was already freed", Fault(() => _memory.Free(a)), StringComparison.Ordinal);
        Assert.Throws<EmulationException>(() => _memory.Allocate(0));
        Assert.Throws<EmulationException>(() => _memory.Allocate(-1));
        Assert.Throws<EmulationException>(() => _memory.Allocate(1L << 40));
    }

    [Fact]
    public void Every_byte_is_known_as_written_or_not()
    {
        const int Length = 23;
        for (int start = 0; start < Length; start++)
        {
            for (int length = 0; start + length <= Length; length++)
            {
                ulong a = _memory.Allocate(Length);
                _memory.MarkWritten(a + (ulong)start, length);
                _memory.RequireWritten(a + (ulong)start, length, "x");
                if (start > 0)
                {
                    string message = Fault(() => _memory.RequireWritten(a + (ulong)start - 1, length + 1, "cuSomething"));
                    Assert.StartsWith($"cuSomething: byte {start - 1} of the block", message, StringComparison.Ordinal);
                }

                if (start + length < Length)
                {
                    Assert.Contains($"byte {start + length} of", Fault(() => _memory.RequireWritten(a + (ulong)start, length + 1, "x")), StringComparison.Ordinal);
                }

                _memory.Free(a);
            }
        }
    }

    private static string Fault(Action action) => Assert.Throws<EmulationException>(action).Message;
}
