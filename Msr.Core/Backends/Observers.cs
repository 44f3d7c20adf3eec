using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>Watches an interpreter run its ops. Compiled executables are never watched: training bits never depend on being watched.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Called before an op runs.</summary>
    /// <param name="backend">The backend that will run it.</param>
    /// <param name="planned">The op as the plan holds it.</param>
    /// <param name="bound">The op as it runs: its tensors are the backend's.</param>
    void Before(IBackend<T> backend, Op<T> planned, Op<T> bound);

    /// <summary>Called when an op has been queued; a download sees its results.</summary>
    /// <param name="backend">The backend that ran it.</param>
    /// <param name="planned">The op as the plan holds it.</param>
    /// <param name="bound">The op as it ran.</param>
    void After(IBackend<T> backend, Op<T> planned, Op<T> bound);
}

/// <summary>Finds the first op that makes a number which is not finite out of numbers that are.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class FiniteObserver<T> : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The finding: op, operand, element and layer; null while everything is finite.</summary>
    public string? Finding { get; private set; }

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(planned);
        ArgumentNullException.ThrowIfNull(bound);
        for (int i = 0; Finding is null && i < bound.Operands.Length; i++)
        {
            Operand operand = bound.Operands[i];
            if (operand.Access != OperandAccess.Read && operand.Memory is DeviceMemory<T> memory)
            {
                Inspect(backend, planned, planned.Operands[i], memory.View(operand.Offset, operand.Shape));
            }
        }
    }

    private void Inspect(IBackend<T> backend, Op<T> planned, Operand operand, TensorRef<T> tensor)
    {
        T[] values = new T[tensor.Length];
        backend.Download(tensor, values);
        int index = Array.FindIndex(values, static value => !T.IsFinite(value));
        if (index >= 0)
        {
            string buffer = operand.Memory is IPlanBuffer planBuffer ? planBuffer.Name : "its destination";
            Finding = string.Create(
                CultureInfo.InvariantCulture, $"{planned.Name} wrote {values[index]} into element {index} of '{operand.Name}' {operand.Shape} ({buffer})");
        }
    }
}

/// <summary>Adds up the time that each kind of op takes. It waits for every op, so the whole is slower than an unwatched step.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class TimingObserver<T> : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<string, (int Calls, TimeSpan Time)> _byName = [];
    private long _started;

    /// <summary>Calls and time of each kind of op, the most expensive first.</summary>
    public IEnumerable<(string Name, int Calls, TimeSpan Time)> ByName =>
        _byName.Select(static entry => (entry.Key, entry.Value.Calls, entry.Value.Time)).OrderByDescending(static entry => entry.Time);

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset() => _byName.Clear();

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        backend.Synchronize();
        _started = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(bound);
        backend.Synchronize();
        (int calls, TimeSpan time) = _byName.GetValueOrDefault(bound.Name);
        _byName[bound.Name] = (calls + 1, time + Stopwatch.GetElapsedTime(_started));
    }
}
