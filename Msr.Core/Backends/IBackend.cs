using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>
/// The op contract: memory, transfers, and one op at a time on contiguous channels-last tensors. It is what the oracle judges; everything
/// else (plans, training) follows from it. Work is queued in order; only <see cref="Download"/> and <see cref="Synchronize"/> wait.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IBackend<T> : IMemoryAllocator, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Name, device, declared accuracy and bitwise guarantees.</summary>
    BackendInfo Info { get; }

    /// <summary>Whether <see cref="Run"/> can run an op. Asked when a plan is compiled; the answer depends on the op's kind and geometry alone.</summary>
    /// <param name="op">The op.</param>
    bool Supports(Op<T> op);

    /// <summary>How accurately <see cref="Run"/> runs an op. The answer depends on the op's kind and geometry alone, never on the number of samples.</summary>
    /// <param name="op">The op.</param>
    Accuracy AccuracyOf(Op<T> op) => Info.Accuracy;

    /// <summary>Copies from the host to the device.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="source">As many elements as the destination has.</param>
    /// <param name="destination">A tensor of this backend.</param>
    void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged;

    /// <summary>Copies from the device to the host, when all work queued before is done. Waits.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="source">A tensor of this backend.</param>
    /// <param name="destination">As many elements as the source has.</param>
    void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged;

    /// <summary>Waits until all queued work is done.</summary>
    void Synchronize();

    /// <summary>Runs one op. Its constructor has validated its arguments; this method validates nothing and allocates nothing.</summary>
    /// <param name="op">An op whose tensors are this backend's.</param>
    void Run(Op<T> op);

    /// <summary>
    /// Makes ready to run ops in order, as a compiled plan runs them: a backend may make one pass over memory of several. The results are those of
    /// <see cref="Run"/>, op after op, which the default is.
    /// </summary>
    /// <param name="ops">Ops whose tensors are this backend's; tensors that overlap must be of one memory.</param>
    /// <returns>What runs them, again and again, and allocates nothing.</returns>
    Action Prepare(IReadOnlyList<Op<T>> ops)
    {
        Op<T>[] all = [.. ops];
        return () => Array.ForEach(all, Run);
    }

    /// <summary>The name of the algorithm that <see cref="Run"/> uses for an op, for reports: <c>direct</c> or <c>winograd</c> unless a backend knows better.</summary>
    /// <param name="op">An op that the backend supports; its tensors need no memory.</param>
    string AlgorithmOf(Op<T> op) => AccuracyOf(op).WinogradTile > 0 ? "winograd" : "direct";

    /// <summary>Makes a plan executable. The default interprets it op by op.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    IExecutable<T> Compile(Plan<T> plan, CompileOptions options) => new Interpreter<T>(this, plan, options);
}
