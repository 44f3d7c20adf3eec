using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>A library made of delegates. What a test did not fake can be found, and fails with <see cref="NotFakedStatus"/> when called.</summary>
internal unsafe class FakeLibrary : INativeLibrary
{
    public const int NotFakedStatus = 999;

    private readonly Dictionary<string, Delegate> _exports = [];

    public string Name => "libfake.so";

    public HashSet<string> Missing { get; } = [];

    /// <summary>The status that a function returns instead of doing anything.</summary>
    public Dictionary<string, int> Failing { get; } = [];

    /// <summary>The names of what was called and faked, in order.</summary>
    public List<string> Calls { get; } = [];

    public void Fake(string export, Delegate function) => _exports[export] = function;

    public bool TryGetExport(string export, out nint address)
    {
        address = Missing.Contains(export) ? 0
            : _exports.TryGetValue(export, out Delegate? function) ? Marshal.GetFunctionPointerForDelegate(function)
            : (nint)(delegate* unmanaged<int>)&NotFaked;
        return address != 0;
    }

    public void Dispose()
    {
    }

    /// <summary>Notes a call and says whether it is to fail.</summary>
    protected int Enter([CallerMemberName] string call = "")
    {
        Calls.Add(call);
        return Failing.GetValueOrDefault(call);
    }

    [UnmanagedCallersOnly]
    private static int NotFaked() => NotFakedStatus;
}
