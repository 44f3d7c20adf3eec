using System.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>
/// Runs a plan op by op on any backend, in canonical layout. It is the default executable, and the meaning that every compiled executable is
/// judged against. A step allocates nothing.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class Interpreter<T> : CanonicalExecutable<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _backend;
    private readonly IOpObserver<T>? _observer;

    /// <summary>Allocates a plan on a backend.</summary>
    /// <param name="backend">The backend, which must outlive the interpreter.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="observer">Who watches every op, if anybody.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    public Interpreter(IBackend<T> backend, Plan<T> plan, CompileOptions options, IOpObserver<T>? observer = null)
        : base(backend, plan, options) => (_backend, _observer) = (backend, observer);

    /// <inheritdoc/>
    protected override void RunStep(BoundPlan<T> bound, bool begins, bool updates)
    {
        ArgumentNullException.ThrowIfNull(bound);
        if (begins)
        {
            Run(Plan.Begin.AsSpan(), bound.Begin);
        }

        Run(Plan.Forward.AsSpan(), bound.Forward);
        Run(Plan.Backward.AsSpan(), bound.Backward);
        if (updates)
        {
            Run(Plan.Update.AsSpan(), bound.Update);
        }
    }

    /// <inheritdoc/>
    protected override void RunEvaluation(BoundPlan<T> bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        Run(Plan.EvaluationForward.AsSpan(), bound.EvaluationForward);
    }

    /// <inheritdoc/>
    protected override void RunRecentring(BoundPlan<T> bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        Run(Plan.Recentre.AsSpan(), bound.Recentre);
    }

    private void Run(ReadOnlySpan<Op<T>> planned, ReadOnlySpan<Op<T>> bound)
    {
        for (int i = 0; i < bound.Length; i++)
        {
            _observer?.Before(_backend, planned[i], bound[i]);
            _backend.Run(bound[i]);
            _observer?.After(_backend, planned[i], bound[i]);
        }
    }
}
