using System.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>How a plan is made executable.</summary>
public sealed record CompileOptions
{
    /// <summary>Compiles for training.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>Compiles the forward pass alone: no gradients, no optimizer state, less memory.</summary>
    public static CompileOptions ForEvaluation { get; } = new() { EvaluationOnly = true };

    /// <summary>Whether only <see cref="IExecutable{T}.Evaluate"/> will be called.</summary>
    public bool EvaluationOnly { get; init; }

    /// <summary>How many reports of the last batches the executable keeps until they are read, at least 1.</summary>
    public int KeptReports
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;
}

/// <summary>Whether a backend can run a plan.</summary>
public static class PlanSupport
{
    /// <summary>Refuses a backend that cannot run the plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="options">How the plan is compiled.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    public static void RequireSupport<T>(this Plan<T> plan, IBackend<T> backend, CompileOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<Op<T>> training = options.EvaluationOnly ? [] : [.. plan.Begin, .. plan.Forward, .. plan.Backward, .. plan.Update];
        if (plan.EvaluationForward.Concat(training).FirstOrDefault(op => !backend.Supports(op)) is { } op)
        {
            throw new NotSupportedException($"Backend '{backend.Info.Name}' does not support {op.Name}: {op}.");
        }
    }
}
