using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Verification;

/// <summary>A subject that remembers the last case that was run on it: laws draw contents of their own.</summary>
/// <param name="inner">The backend.</param>
internal sealed class RecordingSubject(Subject inner) : Subject
{
    private readonly Dictionary<int, RecordingSubject?> _threaded = [];

    /// <summary>The last case with what it read and what it left; none before the first.</summary>
    public (OpCase Case, CaseData Inputs, RunOptions Options, Run Run)? Last { get; private set; }

    public override BackendInfo Info => inner.Info;

    public override bool Supports(IOpSource source) => inner.Supports(source);

    public override Accuracy AccuracyOf(IOpSource source) => inner.AccuracyOf(source);

    public override Subject<float> OpenCalibration() => inner.OpenCalibration();

    public override Run Run(IOpSource source, CaseData inputs, RunOptions? options = null)
    {
        Run run = inner.Run(source, inputs, options);
        Last = source is OpCase opCase ? (opCase, inputs, options ?? RunOptions.Default, run) : Last;
        return run;
    }

    public override double Round(double value) => inner.Round(value);

    public override Subject? WithThreads(int threads)
    {
        if (!_threaded.TryGetValue(threads, out RecordingSubject? subject))
        {
            _threaded[threads] = subject = inner.WithThreads(threads) is { } threaded ? new RecordingSubject(threaded) : null;
        }

        return subject;
    }

    public override TResult Visit<TResult>(ISubjectGuest<TResult> guest) => inner.Visit(guest);

    /// <summary>The backend belongs to whoever opened it.</summary>
    protected override void Dispose(bool disposing)
    {
    }
}
