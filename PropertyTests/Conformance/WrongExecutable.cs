using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace PropertyTests.Conformance;

/// <summary>An executable that changes the scalars of its steps, or what is written into it.</summary>
internal sealed class WrongExecutable<T>(IExecutable<T> inner, Func<StepScalars, StepScalars>? step = null, Func<ParameterPart, T, T>? write = null) : IExecutable<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Plan<T> Plan => inner.Plan;

    public MemoryReport Memory => inner.Memory;

    public void Step(Batch<T> batch, in StepScalars scalars) => inner.Step(batch, step is null ? scalars : step(scalars));

    public void Evaluate(Batch<T> batch) => inner.Evaluate(batch);

    public StepReport Read() => inner.Read();

    public void ReadLogits(Span<T> logits) => inner.ReadLogits(logits);

    public void ReadParameter(string name, ParameterPart part, Span<T> destination) => inner.ReadParameter(name, part, destination);

    public void WriteParameter(string name, ParameterPart part, ReadOnlySpan<T> source) =>
        inner.WriteParameter(name, part, write is null ? source : Array.ConvertAll(source.ToArray(), value => write(part, value)));

    public void Recentre() => inner.Recentre();

    public void Dispose() => inner.Dispose();
}
