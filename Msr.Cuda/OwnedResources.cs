namespace Msr.Cuda;

/// <summary>
/// What was made of a device and not yet given back: memory and executables. Closing the device disposes of them first, the latest before the
/// earliest, so that nothing calls into a library that is gone.
/// </summary>
internal sealed class OwnedResources : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IDisposable, long> _resources = new(ReferenceEqualityComparer.Instance);
    private long _made;

    /// <summary>Notes what was made.</summary>
    /// <param name="resource">It.</param>
    public void Add(IDisposable resource)
    {
        lock (_lock)
        {
            _resources.Add(resource, _made++);
        }
    }

    /// <summary>Forgets what was given back.</summary>
    /// <param name="resource">It.</param>
    public void Remove(IDisposable resource)
    {
        lock (_lock)
        {
            _resources.Remove(resource);
        }
    }

    /// <summary>Disposes of everything that is left.</summary>
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
