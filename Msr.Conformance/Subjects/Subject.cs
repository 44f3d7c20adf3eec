using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Subjects;

/// <summary>A backend under test, seen without its element type.</summary>
public abstract class Subject : IDisposable
{
    /// <summary>The backend's description of itself.</summary>
    public abstract BackendInfo Info { get; }

    /// <summary>Whether the backend is the oracle, whose results the definition loops alone decide.</summary>
    public abstract bool IsOracle { get; }

    /// <summary>Whether the backend supports an op.</summary>
    /// <param name="source">The op: mostly a case.</param>
    public abstract bool Supports(IOpSource source);

    /// <summary>How accurately the backend runs an op.</summary>
    /// <param name="source">The op: mostly a case.</param>
    public abstract Accuracy AccuracyOf(IOpSource source);

    /// <summary>The reference in float32, with the transforms of this backend: what rounding alone does to its ops. The caller disposes of it.</summary>
    public abstract Subject<float> OpenCalibration();

    /// <summary>Runs an op: every operand at an odd offset between guards of NaN, destinations poisoned.</summary>
    /// <param name="source">The op: mostly a case.</param>
    /// <param name="inputs">The contents of what it reads.</param>
    /// <param name="options">The layout; the default one when left out.</param>
    /// <returns>What every operand holds, and what went wrong with memory. A destination in place is found under the name of its source.</returns>
    public abstract Run Run(IOpSource source, CaseData inputs, RunOptions? options = null);

    /// <summary>A number rounded to the element type.</summary>
    /// <param name="value">The number.</param>
    public abstract double Round(double value);

    /// <summary>The same backend with another number of threads, opened when first asked for; none where threads cannot be chosen.</summary>
    /// <param name="threads">The number of threads.</param>
    public abstract Subject? WithThreads(int threads);

    /// <summary>Lets a guest work with the typed backend.</summary>
    /// <typeparam name="TResult">What the guest returns.</typeparam>
    /// <param name="guest">The guest.</param>
    public abstract TResult Visit<TResult>(ISubjectGuest<TResult> guest);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => Info.Name;

    /// <summary>Gives the backends back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}

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
    public override bool IsOracle => backend is OracleBackend<T>;

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

/// <summary>Work on a backend whose element type is known only when it runs.</summary>
/// <typeparam name="TResult">The result of the work.</typeparam>
public interface ISubjectGuest<out TResult>
{
    /// <summary>Works.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="backend">The backend.</param>
    TResult Work<T>(IBackend<T> backend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
