using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>Measures the mean shift of every probed activation while an interpreter evaluates a batch, in float64 on the host.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class MeanShiftObserver<T> : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Op<T>, Probe<T>> _probes = new(ReferenceEqualityComparer.Instance);
    private readonly ImmutableArray<MeanShiftRecord>.Builder _records = ImmutableArray.CreateBuilder<MeanShiftRecord>();

    /// <summary>Watches the probes of a plan.</summary>
    /// <param name="plan">The plan.</param>
    public MeanShiftObserver(Plan<T> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (Probe<T> probe in plan.Probes)
        {
            _probes.Add(probe.Source, probe);
        }
    }

    /// <summary>Takes the records of what was watched since the last call, in the order of the network.</summary>
    public ImmutableArray<MeanShiftRecord> Take() => _records.DrainToImmutable();

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(bound);
        if (_probes.TryGetValue(planned, out Probe<T>? probe))
        {
            Operand activation = bound.Operands[^1];
            int length = checked((int)activation.Shape.Length);
            T[] rented = ArrayPool<T>.Shared.Rent(length);
            backend.Download(((DeviceMemory<T>)activation.Memory).View(activation.Offset, activation.Shape), rented.AsSpan(0, length));
            _records.Add(Measure(probe, rented.AsSpan(0, length), activation.Shape.Inner));
            ArrayPool<T>.Shared.Return(rented);
        }
    }

    private static MeanShiftRecord Measure(Probe<T> probe, ReadOnlySpan<T> values, int channels)
    {
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        for (int i = 0; i < values.Length; i++)
        {
            double value = double.CreateChecked(values[i]);
            sums[i % channels] += value;
            squares[i % channels] += value * value;
        }

        double rows = values.Length / channels;
        double meanSquare = squares.Sum() / values.Length;
        double commonMode = sums.Sum(sum => sum / rows * (sum / rows)) / channels;
        double dead = squares.Count(static square => square == 0) / (double)channels;
        double share = meanSquare == 0 ? 0 : commonMode / meanSquare;
        return new MeanShiftRecord(probe.Layer, $"{probe.Place}", Math.Sqrt(meanSquare), share, dead);
    }
}
