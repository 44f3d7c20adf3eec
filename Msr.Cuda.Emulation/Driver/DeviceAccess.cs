using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>
/// Device memory as work on a stream sees it: a range outside one live block is an illegal address (700), an odd address is misaligned (716), and
/// memory that was never written is a failed launch (719). All three are for good, as on a device.
/// </summary>
/// <param name="memory">The memory.</param>
internal sealed class DeviceAccess(GlobalMemory memory)
{
    /// <summary>Bytes that are about to be read.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="who">Who reads them, for messages.</param>
    /// <param name="alignment">What the address must be a multiple of.</param>
    public ReadOnlySpan<byte> Read(ulong address, long bytes, string who, int alignment = 1)
    {
        Span<byte> found = Locate(address, bytes, who, alignment);
        try
        {
            memory.RequireWritten(address, bytes, who);
        }
        catch (EmulationException unwritten)
        {
            throw CallFailedException.Fault(CudaStatus.LaunchFailed, unwritten.Message, unwritten);
        }

        return found;
    }

    /// <summary>Bytes that are about to be written, all of them. They count as written from now on.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="who">Who writes them, for messages.</param>
    /// <param name="alignment">What the address must be a multiple of.</param>
    public Span<byte> Write(ulong address, long bytes, string who, int alignment = 1)
    {
        Span<byte> found = Locate(address, bytes, who, alignment);
        memory.MarkWritten(address, bytes);
        return found;
    }

    /// <summary>Bytes that are there, written or not.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="who">Who wants them, for messages.</param>
    /// <param name="alignment">What the address must be a multiple of.</param>
    public Span<byte> Locate(ulong address, long bytes, string who, int alignment = 1)
    {
        if (address % (ulong)alignment != 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.MisalignedAddress, $"{who} needs an address that is a multiple of {alignment}, got 0x{address:x}.");
        }

        try
        {
            return memory.Bytes(address, bytes);
        }
        catch (EmulationException outside)
        {
            throw CallFailedException.Fault(CudaStatus.IllegalAddress, $"{who}: {outside.Message}", outside);
        }
    }

    /// <summary>Refuses, when the driver is called and before any work, a range that is not within one live block: an invalid value (1).</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="who">Who is called, for messages.</param>
    public void RequireRange(ulong address, long bytes, string who)
    {
        try
        {
            memory.Bytes(address, bytes);
        }
        catch (EmulationException outside)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{who}: {outside.Message}", outside);
        }
    }
}
