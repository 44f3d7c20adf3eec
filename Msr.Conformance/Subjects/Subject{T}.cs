using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Subjects;

/// <summary>A backend under test.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">The backend; the subject disposes of it.</param>
/// <param name="withThreads">Opens the same backend with a number of threads, where that can be chosen.</param>
public sealed class Subject<T>(IBackend<T> backend, Func<int, IBackend<T>>? withThreads = null) : Subject
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<int, Subject<T>> _threaded = [];

    /// <inheritdoc/>
    public override BackendInfo Info => backend.Info;

    /// <inheritdoc/>
    public override double Round(double value) => double.CreateChecked(T.CreateChecked(value));

    /// <inheritdoc/>
    public override bool Supports(IOpSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return backend.Supports(source.Build(new HostOperands<T>()));
    }

    /// <inheritdoc/>
    public override Accuracy AccuracyOf(IOpSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return backend.AccuracyOf(source.Build(new HostOperands<T>()));
    }

    /// <inheritdoc/>
    public override Subject<float> OpenCalibration() => new(new ReferenceBackend<float>(backend is IBackend<float> single ? single.AccuracyOf : null));

    /// <inheritdoc/>
    public override Run Run(IOpSource source, CaseData inputs, RunOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        using GuardedOperands<T> operands = new(backend, options ?? RunOptions.Default);
        Op<T> op = source.Build(operands);
        operands.Fill(op, inputs);
        backend.Run(op);
        return operands.Collect(op, inputs);
    }

    /// <inheritdoc/>
    public override Subject? WithThreads(int threads)
    {
        if (withThreads is null)
        {
            return null;
        }

        if (!_threaded.TryGetValue(threads, out Subject<T>? subject))
        {
            subject = new Subject<T>(withThreads(threads));
            _threaded.Add(threads, subject);
        }

        return subject;
    }

    /// <inheritdoc/>
    public override TResult Visit<TResult>(ISubjectGuest<TResult> guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        return guest.Work(backend);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        backend.Dispose();
        foreach (Subject<T> subject in _threaded.Values)
        {
            subject.Dispose();
        }
    }
}
