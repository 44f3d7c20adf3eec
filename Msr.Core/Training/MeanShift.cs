using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>Measures the mean shift of a training's activations on the first images of a data set; its memory is allocated once.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class MeanShiftMeter<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IExecutable<T> _executable;
    private readonly MeanShiftObserver<T> _observer;
    private readonly Interpreter<T> _interpreter;
    private readonly Batch<T> _batch;
    private readonly T[] _parameter;

    /// <summary>Allocates a plan for evaluation and fills its batch.</summary>
    /// <param name="backend">The backend, which must outlive the meter.</param>
    /// <param name="executable">The training whose parameters are taken at every measurement.</param>
    /// <param name="plan">A plan of the same network; its batch size is the number of images.</param>
    /// <param name="images">The images, of which the first are used.</param>
    public MeanShiftMeter(IBackend<T> backend, IExecutable<T> executable, Plan<T> plan, BatchLoader<T> images)
    {
        _executable = executable;
        _observer = new MeanShiftObserver<T>(plan);
        _interpreter = new Interpreter<T>(backend, plan, CompileOptions.ForEvaluation, _observer);
        _batch = images.CreateBatch();
        images.Fill(_batch, 0, 0);
        _parameter = new T[plan.Parameters.Max(static parameter => parameter.Layout.Exchange.Length)];
    }

    /// <summary>Measures, with the parameters as they are now.</summary>
    /// <returns>A record of every probe, in the order of the network.</returns>
    public ImmutableArray<MeanShiftRecord> Measure()
    {
        foreach (PlanParameter<T> parameter in _interpreter.Plan.Parameters)
        {
            Span<T> values = _parameter.AsSpan(0, (int)parameter.Layout.Exchange.Length);
            _executable.ReadParameter(parameter.Name, ParameterPart.Value, values);
            _interpreter.WriteParameter(parameter.Name, ParameterPart.Value, values);
        }

        _interpreter.Evaluate(_batch);
        return _observer.Take();
    }

    /// <inheritdoc/>
    public void Dispose() => _interpreter.Dispose();
}

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

/// <summary>The mean shift of one activation: how much of its power is constant per channel.</summary>
/// <param name="Layer">The path of the layer.</param>
/// <param name="Place">Where it lies: branch, rectified or stream.</param>
/// <param name="Rms">Root mean square of the activation.</param>
/// <param name="CommonModeShare">mean over channels of μ_c², over the mean of x²: 0 without, 1 with nothing but mean shift.</param>
/// <param name="DeadChannels">The share of channels that are zero throughout.</param>
public sealed record MeanShiftRecord(string Layer, string Place, double Rms, double CommonModeShare, double DeadChannels);
