using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation;

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
    /// <param name="name">What it is called in messages.</param>
    /// <param name="options">What the installation lacks.</param>
    /// <param name="unknownStatus">What a call returns that fails in a way nobody thought of.</param>
    /// <param name="unloadedStatus">What a call returns once the library was let go.</param>
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

    /// <summary>What a call returns that fails in a way nobody thought of.</summary>
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
    /// <exception cref="CallFailedException">The library was let go.</exception>
    public void ThrowIfUnloaded(string export)
    {
        if (_unloaded)
        {
            throw CallFailedException.LibraryFault(
                UnloadedStatus, $"{export} was called after {Name} was disposed of: dispose of the libraries last.");
        }
    }

    /// <summary>Lets the library go. Its addresses stay callable, and say that they should not be called.</summary>
    public void Dispose() => _unloaded = true;
}
