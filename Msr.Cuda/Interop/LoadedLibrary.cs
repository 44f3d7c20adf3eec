using System.Runtime.InteropServices;

namespace Msr.Cuda.Interop;

/// <summary>A library that the system loaded.</summary>
internal sealed class LoadedLibrary : INativeLibrary
{
    private readonly LoadedLibrary? _needed;
    private nint _handle;

    private LoadedLibrary(string name, nint handle, LoadedLibrary? needed) => (Name, _handle, _needed) = (name, handle, needed);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Loads a library.</summary>
    /// <param name="name">A path, or a bare name for the system's own search.</param>
    /// <param name="needed">A library that this one needs loaded first, which it lets go of after itself; null for none.</param>
    /// <param name="problem">Why it could not be loaded, for a file that exists; null where there is just none.</param>
    /// <returns>The library; null where it could not be loaded. What it needs is then still the caller's.</returns>
    public static LoadedLibrary? TryLoad(string name, LoadedLibrary? needed, out string? problem)
    {
        problem = null;
        if (!Path.IsPathRooted(name))
        {
            return NativeLibrary.TryLoad(name, out nint found) ? new LoadedLibrary(name, found, needed) : null;
        }

        if (!File.Exists(name))
        {
            return null;
        }

        try
        {
            return new LoadedLibrary(name, NativeLibrary.Load(name), needed);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            problem = failure.Message.ReplaceLineEndings(" ").Trim();
            return null;
        }
    }

    /// <inheritdoc/>
    public bool TryGetExport(string export, out nint address)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        return NativeLibrary.TryGetExport(_handle, export, out address);
    }

    /// <summary>Lets the system unload it. Safe to call twice.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            NativeLibrary.Free(handle);
            _needed?.Dispose();
        }
    }
}
