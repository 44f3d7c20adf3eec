namespace Msr.Cuda.Interop;

/// <summary>Looks up the functions of one library, and says in one sentence which is missing.</summary>
internal static class Exports
{
    /// <summary>The address of a function that the backend cannot do without.</summary>
    /// <param name="library">The library.</param>
    /// <param name="export">The exported name.</param>
    /// <param name="needs">The oldest release that has it, such as "CUDA 12".</param>
    /// <exception cref="CudaException">The library has no such function.</exception>
    public static nint Required(this INativeLibrary library, string export, string needs)
    {
        ArgumentNullException.ThrowIfNull(library);
        nint address = library.Optional(export);
        return address != 0
            ? address
            : throw new CudaException($"{library.Name} has no function {export}: it is too old, needs {needs} or newer.");
    }

    /// <summary>The address of a function that only makes messages better; 0 where the library has none.</summary>
    /// <param name="library">The library.</param>
    /// <param name="export">The exported name.</param>
    public static nint Optional(this INativeLibrary library, string export) => library.TryGetExport(export, out nint address) ? address : 0;
}
