using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cpu.Reference;

namespace PropertyTests.Conformance;

/// <summary>The reference with one thing done wrongly.</summary>
/// <param name="run">Runs an op wrongly on the reference; false to leave it to the reference.</param>
/// <param name="compile">Compiles wrongly; the interpreter on this backend when left out.</param>
internal sealed class WrongBackend<T>(Func<Op<T>, ReferenceBackend<T>, bool> run, Func<IExecutable<T>, IExecutable<T>>? compile = null) : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReferenceBackend<T> _reference = new();

    public BackendInfo Info => _reference.Info;

    public bool Supports(Op<T> op) => _reference.Supports(op);

    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => _reference.Allocate<E>(length);

    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => _reference.Upload(source, destination);

    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => _reference.Download(source, destination);

    public void Synchronize()
    {
    }

    public void Run(Op<T> op)
    {
        if (!run(op, _reference))
        {
            _reference.Run(op);
        }
    }

    public IExecutable<T> Compile(Plan<T> plan, CompileOptions options)
    {
        Interpreter<T> interpreter = new(this, plan, options);
        return compile is null ? interpreter : compile(interpreter);
    }

    public void Dispose()
    {
    }
}
