using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Calls;

/// <summary>
/// Handles and their resources. A handle is the address of a block that is given back only with the table, so that no two live installations ever
/// have the same one, and a handle that was destroyed stays recognisable.
/// </summary>
internal sealed unsafe class HandleTable : IDisposable
{
    private const int BlockBytes = 16;

    private readonly Dictionary<nint, object> _live = [];
    private readonly Dictionary<nint, string> _destroyed = [];

    /// <summary>Makes a handle.</summary>
    /// <param name="resource">The resource of the handle.</param>
    public nint Add<TResource>(TResource resource)
        where TResource : class, IEmulatedResource
    {
        nint handle = (nint)NativeMemory.AllocZeroed(BlockBytes);
        _live.Add(handle, resource);
        return handle;
    }

    /// <summary>The resource of a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="status">The status for an invalid handle.</param>
    /// <param name="isDriverStatus">Whether that is the driver's.</param>
    /// <exception cref="CallFailedException">The handle is null, destroyed, of another kind, or not of this installation.</exception>
    public TResource Get<TResource>(nint handle, int status, bool isDriverStatus = true)
        where TResource : class, IEmulatedResource
    {
        if (_live.TryGetValue(handle, out object? resource) && resource is TResource found)
        {
            return found;
        }

        string why = handle == 0 ? "is null"
            : resource is not null ? "is of another kind"
            : _destroyed.TryGetValue(handle, out string? kind) ? $"belonged to a {kind} that was destroyed"
            : "was not made by this installation";
        string message = $"The {TResource.Kind} handle 0x{handle:x} {why}.";
        throw isDriverStatus ? CallFailedException.Fault(status, message) : CallFailedException.LibraryFault(status, message);
    }

    /// <summary>Ends a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="status">The status for an invalid handle.</param>
    /// <param name="isDriverStatus">Whether that is the driver's.</param>
    /// <returns>The resource of the handle.</returns>
    /// <exception cref="CallFailedException">As for <see cref="Get"/>.</exception>
    public TResource Remove<TResource>(nint handle, int status, bool isDriverStatus = true)
        where TResource : class, IEmulatedResource
    {
        TResource resource = Get<TResource>(handle, status, isDriverStatus);
        _live.Remove(handle);
        _destroyed.Add(handle, TResource.Kind);
        return resource;
    }

    /// <summary>All live resources of one kind.</summary>
    public IEnumerable<TResource> All<TResource>() => _live.Values.OfType<TResource>();

    /// <summary>The number of live resources of one kind.</summary>
    public int Count<TResource>() => All<TResource>().Count();

    /// <summary>Gives the blocks back. The handles mean nothing from then on.</summary>
    public void Dispose()
    {
        foreach (nint handle in _live.Keys.Concat(_destroyed.Keys))
        {
            NativeMemory.Free((void*)handle);
        }

        _live.Clear();
        _destroyed.Clear();
    }
}

/// <summary>Something that a native caller holds by a handle.</summary>
internal interface IEmulatedResource
{
    /// <summary>Its kind, for messages: "stream".</summary>
    static abstract string Kind { get; }
}
