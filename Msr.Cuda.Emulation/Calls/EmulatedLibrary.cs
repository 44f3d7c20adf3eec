using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Calls;

/// <summary>
/// One emulated library: names and the addresses of delegates, which it keeps alive. Nothing is global: two of them share neither code addresses nor
/// state.
/// </summary>
internal sealed class EmulatedLibrary : INativeLibrary
{
    private readonly Dictionary<string, nint> _exports = new(StringComparer.Ordinal);
    private readonly List<Delegate> _kept = [];
    private readonly EmulationOptions _options;
    private readonly Func<int, int> _statusFor;
    private bool _unloaded;

    /// <summary>Makes a library without functions.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="options">The installation.</param>
    /// <param name="unknownStatus">The status of a call that fails unexpectedly.</param>
    /// <param name="unloadedStatus">The status of a call after the library was disposed of.</param>
    /// <param name="statusFor">The library's own status for a failure of the driver; null for the driver itself.</param>
    public EmulatedLibrary(string name, EmulationOptions options, int unknownStatus, int unloadedStatus, Func<int, int>? statusFor = null)
    {
        (Name, _options, UnknownStatus, UnloadedStatus, IsDriver) = (name, options, unknownStatus, unloadedStatus, statusFor is null);
        _statusFor = statusFor ?? (status => status);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether this is the driver.</summary>
    public bool IsDriver { get; }

    /// <summary>The status of a call that fails unexpectedly.</summary>
    public int UnknownStatus { get; }

    private int UnloadedStatus { get; }

    /// <summary>The library's own status for a failure of the driver.</summary>
    /// <param name="driverStatus">The driver's.</param>
    public int StatusFor(int driverStatus) => _statusFor(driverStatus);

    /// <summary>Adds a function, unless the installation lacks it.</summary>
    /// <typeparam name="TFunction">Its declaration, which the bindings load it by: <see cref="DriverFunctions"/> and its like.</typeparam>
    /// <param name="function">The function; it must throw nothing.</param>
    public void Add<TFunction>(TFunction function)
        where TFunction : Delegate
    {
        string export = typeof(TFunction).Name;
        if (!_options.MissingExports.Contains(export))
        {
            _kept.Add(function);
            _exports.Add(export, Marshal.GetFunctionPointerForDelegate(function));
        }
    }

    /// <inheritdoc/>
    public bool TryGetExport(string export, out nint address)
    {
        ObjectDisposedException.ThrowIf(_unloaded, this);
        return _exports.TryGetValue(export, out address);
    }

    /// <summary>Refuses a call by way of an address that outlived the library. A real one would end the process.</summary>
    /// <param name="export">The function.</param>
    /// <exception cref="CallFailedException">The library was disposed of.</exception>
    public void ThrowIfUnloaded(string export)
    {
        if (_unloaded)
        {
            throw CallFailedException.LibraryFault(
                UnloadedStatus, $"{export} was called after {Name} was disposed of: dispose of the libraries last.");
        }
    }

    /// <summary>Unloads the library. Its addresses stay callable, and calls report a fault.</summary>
    public void Dispose() => _unloaded = true;
}

/// <summary>Functions of one emulated library. A method bears the name of its export, and adds itself to the library.</summary>
/// <param name="library">The library.</param>
/// <param name="gate">The edge that every call passes.</param>
internal abstract class ExportGroup(EmulatedLibrary library, CallGate gate)
{
    /// <summary>The library that the functions belong to.</summary>
    protected EmulatedLibrary Library { get; } = library;

    /// <summary>Whether a failure is injected into the call under way: it then creates nothing and only releases.</summary>
    protected bool IsFailing => gate.IsFailing;

    /// <summary>Makes a call.</summary>
    /// <param name="export">The function's name.</param>
    /// <param name="body">The function; it returns for success and throws for a failure.</param>
    /// <returns>The status.</returns>
    protected int Run(string export, Action body) => gate.Run(Library, export, body, releases: false);

    /// <summary>Makes a releasing call, which releases even where a failure is injected.</summary>
    /// <param name="export">The function's name.</param>
    /// <param name="body">The function.</param>
    /// <returns>The status.</returns>
    protected int Release(string export, Action body) => gate.Run(Library, export, body, releases: true);

    /// <summary>Refuses a pointer that is null where a result is to be written or an argument read.</summary>
    /// <param name="pointer">The pointer.</param>
    /// <param name="what">The name of its target, for messages.</param>
    /// <param name="status">The library's status for it.</param>
    protected static unsafe void NotNull(void* pointer, string what, int status)
    {
        if (pointer is null)
        {
            throw CallFailedException.LibraryFault(status, $"The pointer to the {what} is null.");
        }
    }
}

/// <summary>Texts that a library hands out by address and never takes back.</summary>
internal sealed class NativeText : IDisposable
{
    private readonly Dictionary<string, nint> _texts = new(StringComparer.Ordinal);

    /// <summary>The address of a text, ended by a zero byte.</summary>
    /// <param name="text">The text.</param>
    public nint this[string text]
    {
        get
        {
            if (!_texts.TryGetValue(text, out nint address))
            {
                address = Marshal.StringToCoTaskMemUTF8(text);
                _texts.Add(text, address);
            }

            return address;
        }
    }

    /// <summary>Frees the texts.</summary>
    public void Dispose()
    {
        foreach (nint address in _texts.Values)
        {
            Marshal.FreeCoTaskMem(address);
        }

        _texts.Clear();
    }
}
