namespace Msr.Cuda.Emulation;

/// <summary>Functions of one emulated library. A method bears the name of its export, and adds itself to the library.</summary>
/// <param name="library">The library.</param>
/// <param name="gate">The edge that every call passes.</param>
internal abstract class ExportGroup(EmulatedLibrary library, CallGate gate)
{
    /// <summary>The library that the functions belong to.</summary>
    protected EmulatedLibrary Library { get; } = library;

    /// <summary>Whether the call under way is told to fail: it makes nothing then, and only gives back what it should.</summary>
    protected bool IsFailing => gate.IsFailing;

    /// <summary>Makes a call.</summary>
    /// <param name="export">The function's name.</param>
    /// <param name="body">What it does; it returns for success and throws for all else.</param>
    /// <returns>The status.</returns>
    protected int Run(string export, Action body) => gate.Run(Library, export, body, releases: false);

    /// <summary>Makes a call that gives something back, which it does even where it is told to fail.</summary>
    /// <param name="export">The function's name.</param>
    /// <param name="body">What it does.</param>
    /// <returns>The status.</returns>
    protected int Release(string export, Action body) => gate.Run(Library, export, body, releases: true);

    /// <summary>Refuses a pointer that is null where a result is to be written or an argument read.</summary>
    /// <param name="pointer">The pointer.</param>
    /// <param name="what">What it should point at.</param>
    /// <param name="status">The library's status for it.</param>
    protected static unsafe void NotNull(void* pointer, string what, int status)
    {
        if (pointer is null)
        {
            throw CallFailedException.LibraryFault(status, $"The pointer to the {what} is null.");
        }
    }
}
