namespace Msr.Cuda.Interop;

/// <summary>A block of device memory. Its contents are undefined.</summary>
internal sealed unsafe class DeviceAllocation : ContextHandle
{
    /// <summary>Allocates.</summary>
    /// <param name="context">The context. It becomes current.</param>
    /// <param name="bytes">The number of bytes, above 0.</param>
    /// <exception cref="CudaException">The device lacks the memory, or refuses.</exception>
    public DeviceAllocation(CudaContext context, long bytes)
        : base(context)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Bytes = bytes;
        ulong address;
        int status = Api.cuMemAlloc_v2(&address, (nuint)bytes);
        if (status != 0)
        {
            throw Api.Failure(status, nameof(Api.cuMemAlloc_v2), $"of {bytes} bytes ({context.FreeMemory} are free)");
        }

        Own((nint)address);
    }

    /// <summary>The number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>The device address, a multiple of 256. It keeps nothing alive.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public ulong Address => (ulong)Live;

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuMemFree_v2((ulong)owned) == 0;
}

/// <summary>A block of host memory that the device reaches: copies from and to it are asynchronous. Its contents are undefined.</summary>
internal sealed unsafe class PinnedAllocation : ContextHandle
{
    /// <summary>Allocates.</summary>
    /// <param name="context">The context. It becomes current.</param>
    /// <param name="bytes">The number of bytes, above 0.</param>
    /// <exception cref="CudaException">The host lacks the memory to pin, or the driver refuses.</exception>
    public PinnedAllocation(CudaContext context, long bytes)
        : base(context)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Bytes = bytes;
        void* pointer;
        int status = Api.cuMemAllocHost_v2(&pointer, (nuint)bytes);
        if (status != 0)
        {
            throw Api.Failure(status, nameof(Api.cuMemAllocHost_v2), $"of {bytes} bytes");
        }

        Own((nint)pointer);
    }

    /// <summary>The number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>The address. It keeps nothing alive.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public void* Pointer => (void*)Live;

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuMemFreeHost((void*)owned) == 0;
}
