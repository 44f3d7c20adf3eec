using System.Runtime.CompilerServices;
using Msr.Core.Memory;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Memory;

/// <summary>Memory of a device, aligned to 256 bytes. Its contents are undefined until written.</summary>
/// <typeparam name="E">The element type.</typeparam>
internal sealed class CudaMemory<E> : DeviceMemory<E>
    where E : unmanaged
{
    private readonly OwnedResources _owner;
    private DeviceAllocation? _allocation;

    /// <summary>Allocates memory.</summary>
    /// <param name="context">The context it belongs to.</param>
    /// <param name="owner">The registry that disposes of it with the backend.</param>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="CudaException">The device lacks the memory.</exception>
    public CudaMemory(CudaContext context, OwnedResources owner, long length)
        : base(length)
    {
        _owner = owner;
        _allocation = new DeviceAllocation(context, Math.Max(1, length) * Unsafe.SizeOf<E>());
        owner.Add(this);
    }

    /// <summary>The device address of a tensor's first element.</summary>
    /// <param name="tensor">A tensor in device memory.</param>
    /// <exception cref="InvalidCastException">The tensor is another backend's.</exception>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public static ulong AddressOf(TensorRef<E> tensor)
    {
        CudaMemory<E> memory = (CudaMemory<E>)tensor.Memory;
        DeviceAllocation? allocation = memory._allocation;
        ObjectDisposedException.ThrowIf(allocation is null, memory);
        return allocation.Address + ((ulong)tensor.Offset * (ulong)Unsafe.SizeOf<E>());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _owner.Remove(this);
        _allocation?.Dispose();
        _allocation = null;
        base.Dispose(disposing);
    }
}

/// <summary>
/// The live memory and executables of a device. Closing the device disposes of them first, the latest before the earliest, so that nothing calls
/// into a library that is unloaded.
/// </summary>
internal sealed class OwnedResources : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IDisposable, long> _resources = new(ReferenceEqualityComparer.Instance);
    private long _made;

    /// <summary>Adds a resource.</summary>
    /// <param name="resource">The resource.</param>
    public void Add(IDisposable resource)
    {
        lock (_lock)
        {
            _resources.Add(resource, _made++);
        }
    }

    /// <summary>Removes a resource that was released.</summary>
    /// <param name="resource">The resource.</param>
    public void Remove(IDisposable resource)
    {
        lock (_lock)
        {
            _resources.Remove(resource);
        }
    }

    /// <summary>Disposes of all live resources.</summary>
    public void Dispose()
    {
        IDisposable[] left;
        lock (_lock)
        {
            left = [.. _resources.OrderByDescending(static pair => pair.Value).Select(static pair => pair.Key)];
            _resources.Clear();
        }

        foreach (IDisposable resource in left)
        {
            resource.Dispose();
        }
    }
}

/// <summary>Scratch memory that ops share one after the other. It grows where ops are prepared, never where they run.</summary>
internal sealed class Workspace(CudaContext context) : IDisposable
{
    private readonly List<DeviceAllocation> _allocations = [];
    private long _bytes;

    /// <summary>The address of the largest block; 0 where nothing was reserved.</summary>
    public ulong Address => _allocations.Count == 0 ? 0 : _allocations[^1].Address;

    /// <summary>Makes room. Smaller blocks stay: graphs that were recorded with them hold their addresses.</summary>
    /// <param name="bytes">The bytes that an op needs.</param>
    /// <exception cref="CudaException">The device lacks the memory.</exception>
    public void Reserve(long bytes)
    {
        if (bytes > _bytes)
        {
            _allocations.Add(new DeviceAllocation(context, bytes));
            _bytes = bytes;
        }
    }

    /// <summary>Frees the memory.</summary>
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
