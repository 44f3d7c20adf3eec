using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Verification;

/// <summary>
/// Verifies a backend: draws cases of every kind, checks every law of the kind on each, and shrinks what fails. Any
/// <see cref="Msr.Core.Backends.IBackend{T}"/> can be verified:
/// <code>new Verifier(() => new Subject&lt;float&gt;(new MyBackend()), new VerifySettings { Seed = 7 }).Verify(CaseCatalog.All)</code>
/// </summary>
/// <param name="open">
/// Opens a subject. Each thread opens one and disposes of it, so subjects must be independent of each other; backends of one thread each
/// make best use of the cores.
/// </param>
/// <param name="settings">How much is drawn.</param>
/// <param name="progress">Is told of every case, from one thread at a time; may be missing.</param>
public sealed class Verifier(Func<Subject> open, VerifySettings settings, IProgress<VerifyProgress>? progress = null)
{
    /// <summary>Draws cases of some kinds and checks them.</summary>
    /// <param name="entries">The kinds.</param>
    /// <param name="stop">Asks to stop: the report then has the cases that are done.</param>
    public VerifyReport Verify(IReadOnlyList<CaseEntry> entries, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        int count = settings.Count;
        return Queue().Run(entries.Count * count, (index, subject) => Drawn(entries[index / count], index % count, subject), stop);
    }

    /// <summary>Checks given cases.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="stop">Asks to stop: the report then has the cases that are done.</param>
    public VerifyReport Verify(IReadOnlyList<TestCase> cases, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return Queue().Run(cases.Count, (index, subject) => Check(cases[index], subject), stop);
    }

    /// <summary>The seed of a drawn case.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="kind">The kind of the case.</param>
    /// <param name="index">Its number among the cases of the kind, from 0.</param>
    public static ulong SeedOf(ulong seed, string kind, int index) => new RandomStream(seed).Split(kind).Split((ulong)index).Key;

    private CaseQueue Queue() => new(open, settings.Threads, progress);

    private CaseReport Drawn(CaseEntry entry, int index, Subject subject)
    {
        ulong seed = SeedOf(settings.Seed, entry.Kind, index);
        TestCase testCase;
        try
        {
            testCase = entry.Generate(seed);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            string text = $"{entry.Kind}, seed {seed:x}";
            CaseFailure failure = new("generate", "Every seed has a case.", $"{error.GetType().Name}: {error.Message}", text) { Arguments = $"--op {entry.Kind} --seed {settings.Seed} --count {index + 1}" };
            return new CaseReport(entry.Kind, text, Verdict.Failed) { Failure = failure };
        }

        return Check(testCase, subject);
    }

    private CaseReport Check(TestCase testCase, Subject subject)
    {
        long start = Stopwatch.GetTimestamp();
        CaseReport report = new(testCase.Descriptor.Kind, $"{testCase}", Verdict.Passed);
        LawCheck support = LawCheck.Support(testCase, subject);
        if (support.Outcome.Verdict == Verdict.Skipped)
        {
            report = report with { Verdict = Verdict.Skipped, Reason = support.Outcome.Message };
        }
        else if (support.Fails)
        {
            CaseFailure failure = new("supports", "A backend says of every op whether it runs it.", support.Outcome.Message!, report.Text) { Case = testCase };
            report = report with { Verdict = Verdict.Failed, Failure = failure };
        }
        else
        {
            report = Check(testCase, subject, report);
        }

        return report with { Elapsed = Stopwatch.GetElapsedTime(start) };
    }

    private CaseReport Check(TestCase testCase, Subject subject, CaseReport report)
    {
        IReadOnlyList<Law> checkedLaws = settings.Laws ?? testCase.Entry.Laws;
        ImmutableArray<LawReport>.Builder laws = ImmutableArray.CreateBuilder<LawReport>(checkedLaws.Count);
        CaseFailure? failure = null;
        foreach (Law law in checkedLaws)
        {
            LawCheck check = LawCheck.Of(law, testCase, subject);
            laws.Add(new LawReport(law.Name, check.Outcome));
            failure ??= check.Fails ? Shrink(testCase, law, check, subject) : null;
        }

        LawReport? skipped = laws.FirstOrDefault(static law => law.Outcome.Verdict == Verdict.Skipped);
        LawReport? suspicious = laws.FirstOrDefault(static law => law.Outcome.Verdict == Verdict.Suspicious);
        Verdict verdict = failure is not null ? laws.First(law => law.Law == failure.Law).Outcome.Verdict
            : suspicious is not null ? Verdict.Suspicious
            : laws.All(static law => law.Outcome.Verdict == Verdict.Skipped) ? Verdict.Skipped : Verdict.Passed;
        return report with
        {
            Verdict = verdict,
            Failure = failure,
            Reason = verdict == Verdict.Skipped ? skipped?.Outcome.Message : failure is null ? suspicious?.Outcome.Message : null,
            ErrorOverBound = laws.Max(static law => law.Outcome.ErrorOverBound),
            Laws = laws.ToImmutable(),
        };
    }

    private CaseFailure Shrink(TestCase testCase, Law law, LawCheck check, Subject subject)
    {
        Shrinking shrinking = new(law, subject, settings.ShrinkAttempts);
        (TestCase smallest, LawCheck last) = shrinking.From(testCase, check);
        return new CaseFailure(law.Name, law.Statement, last.Outcome.Message ?? "the law does not hold", $"{smallest}")
        {
            Attempts = shrinking.Tried,
            Case = smallest,
        };
    }
}

/// <summary>How much a verification draws, and with how many threads.</summary>
public sealed record VerifySettings
{
    /// <summary>Cases drawn for each kind.</summary>
    public int Count { get; init; } = 20;

    /// <summary>The seed of the run: the same seed draws the same cases.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many cases are checked at a time, each on a subject of its own; 0 for one per core. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The laws to check instead of each kind's own; null for its own.</summary>
    public IReadOnlyList<Law>? Laws { get; init; }

    /// <summary>How many smaller cases are tried at most when one fails.</summary>
    public int ShrinkAttempts { get; init; } = 500;
}

/// <summary>The progress of a verification.</summary>
/// <param name="Done">Cases that are done.</param>
/// <param name="Total">All cases.</param>
/// <param name="Failed">Cases that have failed so far.</param>
/// <param name="Last">The case that was done last.</param>
public sealed record VerifyProgress(int Done, int Total, int Failed, CaseReport Last);

/// <summary>Checks cases in parallel, each thread on a subject of its own, and puts the reports into the order of the cases.</summary>
/// <param name="open">Opens a subject; best a backend of one thread.</param>
/// <param name="threads">The number of threads; 0 for one per core.</param>
/// <param name="progress">Is told of every case, from one thread at a time; may be missing.</param>
internal sealed class CaseQueue(Func<Subject> open, int threads, IProgress<VerifyProgress>? progress)
{
    private readonly Lock _gate = new();
    private ExceptionDispatchInfo? _fault;
    private int _next;
    private int _done;
    private int _failed;

    /// <summary>Checks all cases, or those that were begun before the token asked to stop.</summary>
    /// <param name="count">The number of cases.</param>
    /// <param name="check">Checks the case of a number.</param>
    /// <param name="stop">Asks to stop.</param>
    public VerifyReport Run(int count, Func<int, Subject, CaseReport> check, CancellationToken stop)
    {
        CaseReport?[] reports = new CaseReport?[count];
        using Subject first = open();
        int workers = Math.Clamp(threads == 0 ? Environment.ProcessorCount : threads, 1, Math.Max(1, count));
        Thread[] others = new Thread[workers - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(() => WorkApart(reports, check, stop)) { IsBackground = true, Name = $"verify {i + 1}" };
            others[i].Start();
        }

        Work(first, reports, check, stop);
        foreach (Thread other in others)
        {
            other.Join();
        }

        _fault?.Throw();
        ImmutableArray<CaseReport> done = [.. reports.OfType<CaseReport>()];
        return new VerifyReport(first.Info, done, done.Length == count);
    }

    private void WorkApart(CaseReport?[] reports, Func<int, Subject, CaseReport> check, CancellationToken stop)
    {
        try
        {
            using Subject own = open();
            Work(own, reports, check, stop);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(error), null);
        }
    }

    private void Work(Subject subject, CaseReport?[] reports, Func<int, Subject, CaseReport> check, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _fault is null && Interlocked.Increment(ref _next) - 1 is var index && index < reports.Length)
        {
            CaseReport report = reports[index] = check(index, subject);
            lock (_gate)
            {
                _done++;
                _failed += report.Failed ? 1 : 0;
                progress?.Report(new VerifyProgress(_done, reports.Length, _failed, report));
            }
        }
    }
}
