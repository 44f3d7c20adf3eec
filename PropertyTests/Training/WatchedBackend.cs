using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace PropertyTests.Training;

/// <summary>A backend that passes everything on to another, counts, and lets a test meddle with what ops wrote.</summary>
internal sealed class WatchedBackend(IBackend<float> inner) : IBackend<float>
{
    /// <summary>Called before an op runs; what it returns is called afterwards.</summary>
    internal Func<Op<float>, Action?> Meddle { get; set; } = static _ => null;

    /// <summary>How many plans were compiled.</summary>
    internal int Compiled { get; private set; }

    /// <summary>How many bytes were allocated.</summary>
    internal long Allocated { get; private set; }

    public BackendInfo Info => inner.Info;

    public Accuracy AccuracyOf(Op<float> op) => inner.AccuracyOf(op);

    public bool Supports(Op<float> op) => inner.Supports(op);

    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged
    {
        DeviceMemory<E> memory = inner.Allocate<E>(length);
        Allocated += memory.ByteLength;
        return memory;
    }

    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => inner.Upload(source, destination);

    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => inner.Download(source, destination);

    public void Synchronize() => inner.Synchronize();

    public void Run(Op<float> op)
    {
        Action? after = Meddle(op);
        inner.Run(op);
        after?.Invoke();
    }

    public IExecutable<float> Compile(Plan<float> plan, CompileOptions options)
    {
        Compiled++;
        return new Interpreter<float>(this, plan, options);
    }

    public void Dispose() => inner.Dispose();
}
