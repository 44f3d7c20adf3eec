using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Cli.Benchmarks;

/// <summary>Adds up, step by step, what every kind of op on every geometry takes.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="keptSteps">The last steps, which count.</param>
internal sealed class OpWatch<T>(int keptSteps) : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(string Name, string Shape, string Algorithm), OpTimes> _times = [];
    private long _started;

    /// <summary>Every kind of op and geometry, the most expensive first.</summary>
    public IEnumerable<(string Name, string Shape, string Algorithm, OpTimes Times)> Ops =>
        _times.Select(static entry => (entry.Key.Name, entry.Key.Shape, entry.Key.Algorithm, entry.Value)).OrderByDescending(static entry => entry.Value.Seconds.Median);

    /// <summary>Ends a step.</summary>
    public void EndStep()
    {
        foreach (OpTimes times in _times.Values)
        {
            times.EndStep(keptSteps);
        }
    }

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        backend.Synchronize();
        _started = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        backend.Synchronize();
        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        ConvolutionOp<T>? conv = bound as ConvolutionOp<T>;
        ConvGeometry? geometry = conv?.Geometry;
        string shape = geometry is { } g ? $"{g.C}→{g.K}@{g.H}{(g.StrideH > 1 ? $" stride {g.StrideH}" : "")}" : "all";
        string algorithm = geometry is null ? "-" : backend.AlgorithmOf(bound);
        if (!_times.TryGetValue((bound.Name, shape, algorithm), out OpTimes? times))
        {
            times = new OpTimes();
            _times.Add((bound.Name, shape, algorithm), times);
        }

        times.Add(seconds, conv is not null ? 2.0 * conv.Outputs.Length * conv.Geometry.Taps * conv.Geometry.GroupC : 0, BytesOf(bound));
    }

    /// <summary>The least number of elements that an op moves: those it reads, those it writes, and twice those it adds to.</summary>
    private static double BytesOf(Op<T> op) =>
        op.Operands.Sum(static operand => (double)operand.Shape.Length * (operand.Access == OperandAccess.Accumulate ? 2 : 1)) * Unsafe.SizeOf<T>();
}

/// <summary>The times of one kind of op, all its calls of a step together.</summary>
internal sealed class OpTimes
{
    private readonly Queue<double> _steps = [];
    private (double Seconds, double Operations, double Bytes) _current;

    /// <summary>Operations of a step by the definition; 0 where they are not what counts.</summary>
    public double Operations { get; private set; }

    /// <summary>Bytes that a step moves at least.</summary>
    public double Bytes { get; private set; }

    /// <summary>Seconds of a step.</summary>
    public Quartiles Seconds => Quartiles.Of(_steps);

    /// <summary>Adds a call.</summary>
    /// <param name="seconds">Its time.</param>
    /// <param name="operations">Its operations.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Add(double seconds, double operations, double bytes) =>
        _current = (_current.Seconds + seconds, _current.Operations + operations, _current.Bytes + bytes);

    /// <summary>Ends a step.</summary>
    /// <param name="kept">The last steps, which count.</param>
    public void EndStep(int kept)
    {
        _steps.Enqueue(_current.Seconds);
        (Operations, Bytes) = (_current.Operations, _current.Bytes);
        _current = default;
        if (_steps.Count > kept)
        {
            _steps.Dequeue();
        }
    }
}
