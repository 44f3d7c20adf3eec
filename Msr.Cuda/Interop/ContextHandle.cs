using System.Runtime.InteropServices;

namespace Msr.Cuda.Interop;

/// <summary>
/// Something that lives in a context. It holds on to the context, and to whatever else it needs, until it is released. Its release happens
/// once, never throws and may be disposed of in any order, on any thread, twice, or by the collector. Releasing makes its context current.
/// </summary>
internal abstract class ContextHandle : SafeHandle
{
    private SafeHandle[] _needs = [];

    /// <summary>Makes the context current, for the derived constructor to make what it will own.</summary>
    /// <param name="context">Where it lives.</param>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    protected ContextHandle(CudaContext context)
        : base(0, ownsHandle: true)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.MakeCurrent();
        Context = context;
    }

    /// <inheritdoc/>
    public sealed override bool IsInvalid => handle == 0;

    /// <summary>Where it lives.</summary>
    public CudaContext Context { get; }

    /// <summary>The driver.</summary>
    protected DriverApi Api => Context.Api;

    /// <summary>The native handle or address. It keeps nothing alive: whoever uses it holds on to this.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    protected nint Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Takes what the derived constructor made, and holds on to what it needs.</summary>
    /// <param name="made">The native handle or address, not 0.</param>
    /// <param name="needs">What must not be released before it; the context is always held.</param>
    /// <exception cref="ObjectDisposedException">Something it needs was disposed of; what was made is released again.</exception>
    protected void Own(nint made, params ReadOnlySpan<SafeHandle> needs)
    {
        SafeHandle[] held = [Context, .. needs];
        int count = 0;
        try
        {
            foreach (SafeHandle need in held)
            {
                bool added = false;
                need.DangerousAddRef(ref added);
                count++;
            }
        }
        catch (ObjectDisposedException)
        {
            Release(made);
            LetGo(held.AsSpan(0, count));
            throw;
        }

        _needs = held;
        SetHandle(made);
    }

    /// <summary>Releases what is owned. Never throws. The context is current.</summary>
    /// <param name="owned">The native handle or address.</param>
    /// <returns>Whether the library took it back; it does not where an earlier failure broke the context.</returns>
    protected abstract bool Release(nint owned);

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        Context.MakeCurrentForRelease();
        bool released = Release(handle);
        LetGo(_needs);
        return released;
    }

    private static void LetGo(ReadOnlySpan<SafeHandle> held)
    {
        for (int i = held.Length - 1; i >= 0; i--)
        {
            held[i].DangerousRelease();
        }
    }
}
