using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Verification;

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
