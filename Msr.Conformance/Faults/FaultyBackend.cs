using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>
/// A backend with one known defect on board, to test the laws with: ops that the fault affects run as the defective kernel would, everything
/// else passes through. Plans are interpreted on it op by op, so that laws of plans meet the fault too.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="inner">The sound backend; this one disposes of it.</param>
/// <param name="fault">The defect.</param>
/// <param name="threads">How many threads the sound backend has, for faults that need to know.</param>
public sealed class FaultyBackend<T>(IBackend<T> inner, Fault fault, int threads = 1) : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<object, double[]> _memory = [];
    private int _runs;

    /// <inheritdoc/>
    public BackendInfo Info => inner.Info;

    /// <inheritdoc/>
    public bool Supports(Op<T> op) => inner.Supports(op);

    /// <inheritdoc/>
    public Accuracy AccuracyOf(Op<T> op) => inner.AccuracyOf(op);

    /// <inheritdoc/>
    public string AlgorithmOf(Op<T> op) => inner.AlgorithmOf(op);

    /// <inheritdoc/>
    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => inner.Allocate<E>(length);

    /// <inheritdoc/>
    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => inner.Upload(source, destination);

    /// <inheritdoc/>
    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => inner.Download(source, destination);

    /// <inheritdoc/>
    public void Synchronize() => inner.Synchronize();

    /// <summary>Runs one op, spoilt if the fault affects it. Unlike a real backend it allocates.</summary>
    /// <param name="op">An op whose tensors are this backend's.</param>
    public void Run(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (fault.Affects(op.Name))
        {
            fault.Run(new FaultyRun<T>(inner, op, _memory, _runs++, threads));
        }
        else
        {
            inner.Run(op);
        }
    }

    /// <summary>Disposes of the sound backend.</summary>
    public void Dispose() => inner.Dispose();
}
