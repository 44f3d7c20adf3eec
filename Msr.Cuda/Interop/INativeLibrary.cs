namespace Msr.Cuda.Interop;

/// <summary>
/// A library of C functions found by name: one that the system loaded, or an emulation that answers the same names with functions of its own.
/// Whoever makes it disposes of it, after everything that calls into it.
/// </summary>
public interface INativeLibrary : IDisposable
{
    /// <summary>What it is, for messages: the path it was loaded from, or the name of the emulation.</summary>
    string Name { get; }

    /// <summary>Finds a function.</summary>
    /// <param name="export">The exported name, such as <c>cuMemAlloc_v2</c>.</param>
    /// <param name="address">Its address, callable with the C calling convention.</param>
    /// <returns>Whether there is one.</returns>
    bool TryGetExport(string export, out nint address);
}
