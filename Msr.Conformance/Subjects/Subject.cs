using Msr.Core.Backends;

namespace Msr.Conformance.Subjects;

/// <summary>A backend under test, seen without its element type.</summary>
public abstract class Subject : IDisposable
{
    /// <summary>What the backend says of itself.</summary>
    public abstract BackendInfo Info { get; }

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
