using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Conformance.Faults;

/// <summary>A fault of compiled plans whose ops are all right: it changes the scalars of a step, or what is written into the executable.</summary>
/// <param name="name">The name.</param>
/// <param name="defect">What is wrong.</param>
/// <param name="step">From the scalars of a step to those that the step gets; left as they are when left out.</param>
/// <param name="write">From an element that is written to the one that is kept; left as it is when left out.</param>
internal sealed class ChangedStep(
    string name, string defect, Func<StepScalars, StepScalars>? step = null, Func<ParameterPart, double, double>? write = null) : Fault(name, defect)
{
    public override bool NeedsSteps => true;

    public override void Run<T>(FaultyRun<T> run) => run.Pass();

    public override IExecutable<T> Compile<T>(IExecutable<T> interpreter) => new Executable<T>(interpreter, step, write);

    private sealed class Executable<T>(IExecutable<T> inner, Func<StepScalars, StepScalars>? step, Func<ParameterPart, double, double>? write) : IExecutable<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Plan<T> Plan => inner.Plan;

        public MemoryReport Memory => inner.Memory;

        public void Step(Batch<T> batch, in StepScalars scalars) => inner.Step(batch, step is null ? scalars : step(scalars));

        public void Evaluate(Batch<T> batch) => inner.Evaluate(batch);

        public int KeptReports => inner.KeptReports;

        public void Read(Span<StepReport> reports) => inner.Read(reports);

        public void ReadLogits(Span<T> logits) => inner.ReadLogits(logits);

        public void ReadParameter(string name, ParameterPart part, Span<T> destination) => inner.ReadParameter(name, part, destination);

        public void WriteParameter(string name, ParameterPart part, ReadOnlySpan<T> source) => inner.WriteParameter(
            name, part, write is null ? source : Array.ConvertAll(source.ToArray(), value => T.CreateChecked(write(part, double.CreateChecked(value)))));

        public void Recentre() => inner.Recentre();

        public void Dispose() => inner.Dispose();
    }
}
