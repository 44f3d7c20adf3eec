using System.Diagnostics;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;

namespace Msr.Conformance.Stored;

/// <summary>Runs cases that other systems computed and stored, in the format neutral-case/1, on a backend.</summary>
/// <param name="open">Opens a subject; each thread opens one and disposes of it.</param>
/// <param name="threads">How many cases are checked at a time; 0 for one per core. Results do not depend on it.</param>
/// <param name="progress">Is told of every case, from one thread at a time; may be missing.</param>
public sealed class StoredVerifier(Func<Subject> open, int threads = 0, IProgress<VerifyProgress>? progress = null)
{
    private const string Law = "stored-result";
    private const string Statement = "What another system computed lies within the bound of the op.";

    /// <summary>Checks every case of a suite.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="stop">Asks to stop: the report then has the cases that are done.</param>
    public VerifyReport Verify(StoredSuite suite, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return new CaseQueue(open, threads, progress).Run(suite.Cases.Count, (index, subject) => Check(suite, suite.Cases[index], subject), stop);
    }

    private static CaseReport Check(StoredSuite suite, (string Id, string Op) stored, Subject subject)
    {
        long start = Stopwatch.GetTimestamp();
        CaseReport report = new(stored.Op, stored.Id, Verdict.Passed);
        StoredRun? outside = null;
        try
        {
            StoredCase opened = StoredCase.Open(suite.FolderOf(stored.Id));
            outside = new StoredRun(opened, subject);
            report = opened.Suite == StoredCase.Onnx
                ? report with { Verdict = Verdict.Skipped, Reason = "the onnx suite is not run yet" }
                : Run(outside, report);
        }
        catch (UnsupportedCaseException error) when (outside is null or { Failure: null, Judge.Failure: null })
        {
            report = report with { Verdict = Verdict.Skipped, Reason = error.Message };
        }
        catch (StoredFormatException error)
        {
            report = Failed(report, suite, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            report = Failed(report, suite, outside?.Failure ?? outside?.Judge.Failure?.ToString() ?? $"{error.GetType().Name}: {error.Message}");
        }

        if (report.Verdict == Verdict.Passed && outside is not null)
        {
            report = Judged(report, suite, outside);
        }

        return report with { Elapsed = Stopwatch.GetElapsedTime(start) };
    }

    private static CaseReport Run(StoredRun outside, CaseReport report)
    {
        StoredOps.RunnerOf(outside.Stored.Op)(outside);
        return report;
    }

    private static CaseReport Judged(CaseReport report, StoredSuite suite, StoredRun outside)
    {
        if (outside.Failure is { } failure)
        {
            return Failed(report, suite, failure);
        }

        if (outside.Judge.Failure is { } beyond)
        {
            return Failed(report, suite, $"{beyond}");
        }

        if (outside.Unchecked.FirstOrDefault() is { } unchecked_)
        {
            return report with { Verdict = Verdict.Skipped, Reason = $"no op of Msr gives the result '{unchecked_}' of {report.Kind}" };
        }

        double worst = Math.Max(outside.Judge.WorstRatio, outside.WorstTensor);
        return outside.Judge.NotZero == 0 && outside.WorstTensor == 0
            ? report with { Verdict = Verdict.Skipped, Reason = "every result is 0, which proves nothing" }
            : report with { ErrorOverBound = worst };
    }

    private static CaseReport Failed(CaseReport report, StoredSuite suite, string message) => report with
    {
        Verdict = Verdict.Failed,
        Failure = new CaseFailure(Law, Statement, message, report.Text) { Arguments = $"--cases {suite.Folder} --case {report.Text}" },
    };
}
