using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Cpu.Execution;

/// <summary>How a plan is cut into micro-batches.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Training">The forward and backward pass; none where only evaluation was asked for.</param>
/// <param name="Evaluation">The forward pass of an evaluation.</param>
internal sealed record PlanSplit<T>(SampleSplit<T>? Training, SampleSplit<T> Evaluation)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Samples of a micro-batch where nothing speaks for more: enough for full tiles, few enough for the caches.</summary>
    private const int FewestSamples = 16;

    /// <summary>Splits a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How it is compiled.</param>
    /// <returns>The parts; null where an op needs all samples of a batch at once.</returns>
    public static PlanSplit<T>? Of(Plan<T> plan, CompileOptions options)
    {
        SampleSplit<T>? training = options.EvaluationOnly ? null : SampleSplit<T>.Of(plan.Forward.Concat(plan.Backward), plan.Ports.Correct.Memory);
        SampleSplit<T>? evaluation = SampleSplit<T>.Of(plan.EvaluationForward, plan.Ports.Correct.Memory);
        return evaluation is null || (training is null && !options.EvaluationOnly) ? null : new PlanSplit<T>(training, evaluation);
    }

    /// <summary>
    /// The samples of a micro-batch: so many that their activations outweigh the sums that every micro-batch adds to. It follows from the plan
    /// alone, never from threads.
    /// </summary>
    /// <param name="plan">The plan.</param>
    public int SamplesAtATime(Plan<T> plan)
    {
        long sums = Training?.SumLength ?? 0;
        long activations = Math.Max(1, Arena.Pack((Training ?? Evaluation).PerSample.Select(static op => (IEnumerable<Op<T>>)[op]), buffer => LengthOf(buffer, plan.BatchSize, 1)).Length);
        return (int)Math.Clamp((sums + activations - 1) / activations, Math.Min(FewestSamples, plan.BatchSize), plan.BatchSize);
    }

    /// <summary>The elements of a buffer for so many samples; none for a buffer without a batch axis, which all micro-batches share.</summary>
    /// <param name="buffer">A buffer of a plan.</param>
    /// <param name="batch">The plan's batch size.</param>
    /// <param name="samples">The samples.</param>
    public static long LengthOf(IPlanBuffer buffer, int batch, int samples) => buffer.Batched ? buffer.Length / batch * samples : 0;
}
