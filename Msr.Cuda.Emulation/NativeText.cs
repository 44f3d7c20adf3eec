using System.Runtime.InteropServices;

namespace Msr.Cuda.Emulation;

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
