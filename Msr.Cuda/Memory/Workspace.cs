using Msr.Cuda.Interop;

namespace Msr.Cuda.Memory;

/// <summary>Scratch memory that ops share one after the other. It grows where ops are prepared, never where they run.</summary>
internal sealed class Workspace(CudaContext context) : IDisposable
{
    private readonly List<DeviceAllocation> _allocations = [];
    private long _bytes;

    /// <summary>The address of the largest block; 0 where nothing was asked for.</summary>
    public ulong Address => _allocations.Count == 0 ? 0 : _allocations[^1].Address;

    /// <summary>Makes room. Smaller blocks stay: graphs that were recorded with them hold their addresses.</summary>
    /// <param name="bytes">The bytes that an op needs.</param>
    /// <exception cref="CudaException">The device has not that much.</exception>
    public void Reserve(long bytes)
    {
        if (bytes > _bytes)
        {
            _allocations.Add(new DeviceAllocation(context, bytes));
            _bytes = bytes;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (DeviceAllocation allocation in _allocations)
        {
            allocation.Dispose();
        }

        _allocations.Clear();
        _bytes = 0;
    }
}
