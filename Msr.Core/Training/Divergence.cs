using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>
/// Finds out where a training diverged: it goes back to the parameters of the last report, replays the steps since then on an interpreter
/// (the batches are keyed, so they can be made again), and watches the first step that goes wrong op by op.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class DivergenceDiagnosis<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _backend;
    private readonly IExecutable<T> _executable;
    private readonly BatchLoader<T> _loader;
    private readonly Func<long, int, StepScalars> _scalarsOf;
    private readonly ParameterSnapshot<T> _snapshot;
    private TrainingState _remembered;

    public DivergenceDiagnosis(IBackend<T> backend, IExecutable<T> executable, BatchLoader<T> loader, Func<long, int, StepScalars> scalarsOf)
    {
        (_backend, _executable, _loader, _scalarsOf) = (backend, executable, loader, scalarsOf);
        _snapshot = new ParameterSnapshot<T>(executable.Plan);
    }

    public void Remember(TrainingState state)
    {
        _snapshot.Save(_executable);
        _remembered = state;
    }

    /// <summary>Finds the op behind a number that is not finite.</summary>
    /// <param name="failedStep">The step in which it showed, or after which it did.</param>
    /// <param name="evaluated">The data set whose evaluation after that step, an epoch's last, showed it; null for none.</param>
    /// <param name="recentres">Whether kernels were re-centred before that evaluation.</param>
    public TrainingDivergedException Explain(long failedStep, ImageDataset? evaluated = null, bool recentres = false)
    {
        FiniteObserver<T> observer = new();
        using Interpreter<T> interpreter = new(_backend, _executable.Plan, CompileOptions.Default, observer);
        _snapshot.Restore(interpreter);
        BatchLoader<T> loader = new(_loader.Dataset, _loader.Standardization, _loader.Options);
        Batch<T> batch = loader.CreateBatch();
        int index = _remembered.BatchInEpoch;
        for (long step = _remembered.Step; step <= failedStep; step++)
        {
            bool updates = false;
            while (!updates)
            {
                StepScalars scalars = _scalarsOf(step, index);
                loader.Fill(batch, _remembered.Epoch, index++);
                interpreter.Step(batch, scalars);
                updates = scalars.Updates;
                if (observer.Finding is { } finding)
                {
                    return new TrainingDivergedException(step, finding);
                }
            }
        }

        if (evaluated is not null)
        {
            if (recentres)
            {
                interpreter.Recentre();
            }

            Evaluation.Of(interpreter, evaluated, loader.Standardization);
            if (observer.Finding is { } finding)
            {
                return new TrainingDivergedException(failedStep, $"in the evaluation after it, {finding}");
            }
        }

        return new TrainingDivergedException(
            failedStep, "a loss or a parameter is not finite, but a replay on the interpreter of the same backend stays finite");
    }
}

/// <summary>A copy of an executable's parameters and optimizer state on the host, made once and filled again and again.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class ParameterSnapshot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (string Name, ParameterPart Part, T[] Values)[] _tensors;

    /// <summary>Makes room for the parameters of a plan.</summary>
    /// <param name="plan">The plan.</param>
    public ParameterSnapshot(Plan<T> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _tensors =
        [
            .. from parameter in plan.Parameters
               from part in parameter.Parts
               where part != ParameterPart.Gradient
               select (parameter.Name, part, new T[parameter.Layout.Exchange.Length]),
        ];
    }

    /// <summary>Copies from an executable.</summary>
    /// <param name="executable">The executable.</param>
    public void Save(IExecutable<T> executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        foreach ((string name, ParameterPart part, T[] values) in _tensors)
        {
            executable.ReadParameter(name, part, values);
        }
    }

    /// <summary>Copies to an executable of the same network.</summary>
    /// <param name="executable">The executable.</param>
    public void Restore(IExecutable<T> executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        foreach ((string name, ParameterPart part, T[] values) in _tensors)
        {
            executable.WriteParameter(name, part, values);
        }
    }

    /// <summary>The copied tensors, in exchange layout.</summary>
    public IEnumerable<(string Name, ParameterPart Part, T[] Values)> Tensors => _tensors;
}

/// <summary>A training met a number that is not finite. The message names the step and the first op that made one.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates an exception without particulars.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public TrainingDivergedException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says where a training diverged.</summary>
    /// <param name="step">The index of the step.</param>
    /// <param name="finding">What the first op did that made a number which is not finite.</param>
    public TrainingDivergedException(long step, string finding)
        : base($"Training diverged at step {step}: {finding}.")
    {
        Step = step;
    }

    /// <summary>The index of the optimizer step that diverged.</summary>
    public long Step { get; }
}
