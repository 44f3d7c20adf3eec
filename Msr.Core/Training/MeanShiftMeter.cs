using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
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
