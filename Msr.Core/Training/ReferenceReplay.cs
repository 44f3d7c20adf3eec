using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>Runs the steps of a training in another element type, op by op, from a copy of its parameters.</summary>
/// <typeparam name="E">The element type of the replay.</typeparam>
internal sealed class ReferenceReplay<E> : IDisposable
    where E : unmanaged, IBinaryFloatingPointIeee754<E>
{
    private readonly Interpreter<E> _interpreter;
    private readonly Batch<E> _batch;

    public ReferenceReplay(IBackend<E> backend, Plan<E> plan)
    {
        _interpreter = new Interpreter<E>(backend, plan, CompileOptions.Default);
        _batch = new Batch<E>(plan.BatchSize, plan.Image);
    }

    /// <summary>The sum of the losses since <see cref="Begin"/>.</summary>
    public double LossSum { get; private set; }

    public void Begin<T>(ParameterSnapshot<T> snapshot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LossSum = 0;
        foreach ((string name, ParameterPart part, T[] values) in snapshot.Tensors)
        {
            _interpreter.WriteParameter(name, part, Array.ConvertAll(values, E.CreateTruncating));
        }
    }

    public void Step<T>(Batch<T> batch, in StepScalars scalars)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        _batch.Count = batch.Count;
        for (int i = 0; i < batch.Count * batch.Image.Length; i++)
        {
            _batch.Images[i] = E.CreateTruncating(batch.Images[i]);
        }

        batch.Labels.AsSpan(0, batch.Count).CopyTo(_batch.Labels);
        batch.SampleIndices.AsSpan(0, batch.Count).CopyTo(_batch.SampleIndices);
        _interpreter.Step(_batch, scalars);
        LossSum += _interpreter.Read().LossSum;
    }

    public double[] Read(string name, ParameterPart part, int length)
    {
        E[] values = new E[length];
        _interpreter.ReadParameter(name, part, values);
        return Array.ConvertAll(values, double.CreateTruncating);
    }

    public void Dispose() => _interpreter.Dispose();
}
