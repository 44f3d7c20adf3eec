using System.Runtime.InteropServices;

namespace Msr.Cuda.Interop;

/// <summary>
/// A library of C functions found by name: one that the system loaded, or an emulation that answers the same names with functions of its own.
/// Its creator disposes of it, after everything that calls into it.
/// </summary>
public interface INativeLibrary : IDisposable
{
    /// <summary>Its name for messages: the path it was loaded from, or the name of the emulation.</summary>
    string Name { get; }

    /// <summary>Finds a function.</summary>
    /// <param name="export">The exported name, such as <c>cuMemAlloc_v2</c>.</param>
    /// <param name="address">Its address, callable with the C calling convention.</param>
    /// <returns>Whether there is one.</returns>
    bool TryGetExport(string export, out nint address);
}

/// <summary>The three libraries the backend calls. cuDNN may be missing: convolutions then unfold their input and multiply matrices.</summary>
/// <param name="Driver">The driver, <c>libcuda.so.1</c> or <c>nvcuda.dll</c>.</param>
/// <param name="Cublas">cuBLAS.</param>
/// <param name="Cudnn">cuDNN; null where there is none.</param>
public sealed record CudaLibraries(INativeLibrary Driver, INativeLibrary Cublas, INativeLibrary? Cudnn) : IDisposable
{
    /// <summary>Disposes of all three.</summary>
    public void Dispose()
    {
        Cudnn?.Dispose();
        Cublas.Dispose();
        Driver.Dispose();
    }
}

/// <summary>Loads the functions of a library by their declarations, and says in one sentence which is missing.</summary>
internal static class NativeFunctions
{
    /// <summary>A function that the backend cannot do without.</summary>
    /// <typeparam name="TFunction">Its declaration, which bears its exported name.</typeparam>
    /// <param name="library">The library, which must outlive the function.</param>
    /// <param name="needs">The oldest release that has the function, such as "CUDA 12".</param>
    /// <exception cref="CudaException">The library has no such function.</exception>
    public static TFunction Required<TFunction>(this INativeLibrary library, string needs)
        where TFunction : Delegate => Optional<TFunction>(library)
            ?? throw new CudaException($"{library.Name} has no function {typeof(TFunction).Name}: install {needs} or newer.");

    /// <summary>A function that only makes messages better; null where the library has none.</summary>
    /// <typeparam name="TFunction">Its declaration, which bears its exported name.</typeparam>
    /// <param name="library">The library.</param>
    public static TFunction? Optional<TFunction>(this INativeLibrary library)
        where TFunction : Delegate
    {
        ArgumentNullException.ThrowIfNull(library);
        return library.TryGetExport(typeof(TFunction).Name, out nint address) ? Marshal.GetDelegateForFunctionPointer<TFunction>(address) : null;
    }
}

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
