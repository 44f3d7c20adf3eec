using Msr.Cpu.Memory;

namespace PropertyTests.Cpu;

public sealed class HostMemoryTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void More_than_the_host_can_hold_is_too_little_memory_and_no_defect(long length) =>
        Assert.ThrowsAny<OutOfMemoryException>(() => new HostMemory<double>(length).Dispose());
}
