using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Ops;
using Msr.Conformance.Stored;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Checkpoints;

namespace Msr.Cli.Commands;

/// <summary>One run of <c>msr verify</c>: drawn, given or stored cases, the report, and what is written of it.</summary>
internal sealed class VerifySession(VerifyRequest request) : IProgress<VerifyProgress>
{
    private readonly ProgressPrinter _printer = new();

    /// <summary>Runs.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using StopSignal signal = new();
        (VerifyReport report, string head) = Verify(signal.Token);
        _printer.Close();
        Dictionary<string, string> saved = Save(report);
        if (request.JUnit is { } file)
        {
            AtomicFile.Write(file, stream => JUnitReport.Write(report, stream, request.BackendArguments));
        }

        request.Output.Write(Result(report, saved), CliJson.Default.VerifyResult, writer => VerifyText.Print(writer, report, head, failure => failure.Command(request.BackendArguments), saved));
        if (request.JsonOnly)
        {
            Console.Error.WriteLine(report.Tally);
        }

        if (!report.IsComplete)
        {
            Console.Error.WriteLine("Stopped: the tally counts what was done.");
            return signal.Code;
        }

        return report.Failed > 0 ? ExitCode.CheckFailed : ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Report(VerifyProgress value) =>
        _printer.Update($"{value.Done} of {value.Total} cases, {value.Failed} failed, {value.Last.Kind}");

    private (VerifyReport Report, string Head) Verify(CancellationToken stop)
    {
        Subject Open() => Backends.OpenSubject(request.Backend, request.Fault);
        if (request.StoredCases is { } folder)
        {
            StoredSuite suite = Chosen(StoredSuite.Open(folder));
            VerifyReport stored = new StoredVerifier(Open, request.Threads, this).Verify(suite, stop);
            return (stored, $"{Name(stored)}, {suite.Cases.Count} stored cases of {folder}");
        }

        using Subject? twin = request.SameBitsAs is { } other ? Backends.OpenSubject(other, fault: null) : null;
        VerifySettings settings = new()
        {
            Count = request.Count,
            Seed = request.Seed,
            Threads = request.Threads,
            Laws = twin is null ? null : [new SameBitsAsLaw(twin)],
        };
        Verifier verifier = new(Open, settings, this);
        if (request.Cases.Count > 0)
        {
            VerifyReport given = verifier.Verify([.. request.Cases.Select(Read)], stop);
            return (given, Name(given));
        }

        IReadOnlyList<CaseEntry> entries = request.Pattern is { } pattern ? CaseCatalog.Matching(pattern) : CaseCatalog.All;
        if (twin is not null)
        {
            entries = [.. entries.Where(static entry => entry is OpEntry)];
        }

        if (entries.Count == 0)
        {
            throw new UsageException($"--op: no kind fits '{request.Pattern}'; msr verify --list prints them.");
        }

        VerifyReport drawn = verifier.Verify(entries, stop);
        return (drawn, $"{Name(drawn)}, seed {request.Seed}, {request.Count} cases of {entries.Count} kinds");
    }

    private string Name(VerifyReport report) =>
        $"{report.Backend.Name} ({report.Backend.Device}){(request.Fault is { } fault ? $" with the fault {fault}: {fault.Defect}" : "")}";

    private static TestCase Read(string text)
    {
        try
        {
            return CaseTextReader.Read(text);
        }
        catch (FormatException error)
        {
            throw new UsageException($"--case: {error.Message}");
        }
    }

    private StoredSuite Chosen(StoredSuite suite)
    {
        if (request.Cases.FirstOrDefault(id => !suite.Cases.Any(stored => stored.Id == id)) is { } missing)
        {
            throw new UsageException($"--case: there is no stored case '{missing}' in {suite.Folder}.");
        }

        StoredSuite chosen = suite.Where((id, op) =>
            (request.Cases.Count == 0 || request.Cases.Contains(id, StringComparer.Ordinal)) && (request.Pattern is null || CaseCatalog.Matches(request.Pattern, op)));
        return chosen.Cases.Count > 0 || suite.Cases.Count == 0
            ? chosen
            : throw new UsageException($"--op: no stored case of {suite.Folder} is of an op that fits '{request.Pattern}'.");
    }

    private Dictionary<string, string> Save(VerifyReport report)
    {
        Dictionary<string, string> saved = new(StringComparer.Ordinal);
        CaseReport[] failing = [.. report.Cases.Where(static done => done.Failure is { Case: not null })];
        if (request.SaveFailing is not { } folder || failing.Length == 0)
        {
            return saved;
        }

        using Subject subject = Backends.OpenSubject(request.Backend, request.Fault);
        foreach (CaseReport done in failing)
        {
            saved[done.Text] = FailingCaseFolder.Write(folder, done.Failure!, subject);
        }

        return saved;
    }

    private VerifyResult Result(VerifyReport report, Dictionary<string, string> saved)
    {
        bool drawn = request.StoredCases is null && request.Cases.Count == 0;
        return new VerifyResult(
            report.Backend.Name,
            report.Backend.Device,
            drawn ? request.Seed : null,
            drawn ? request.Count : null,
            report.IsComplete,
            report.Passed,
            report.Failed,
            report.Skipped,
            [.. report.Kinds.Select(static kind => new VerifyKind(
                kind.Kind, kind.Passed, kind.Failed, kind.Skipped, kind.Suspicious, kind.Median, kind.Percentile99, kind.Worst, kind.Elapsed.TotalSeconds))],
            [.. report.Cases.Where(static done => done.Failure is not null).Select(done => Failure(done, done.Failure!, saved))],
            [.. report.Cases.Where(static done => done.Verdict == Verdict.Suspicious).Select(static done => new VerifySuspicion(done.Text, done.Reason ?? ""))],
            [.. report.SkippedByReason.Select(static group => new VerifySkip(group.Reason, [.. group.Cases]))]);
    }

    private VerifyFailure Failure(CaseReport done, CaseFailure failure, Dictionary<string, string> saved) => new(
        done.Text, failure.Law, failure.Statement, failure.Message, failure.Text, failure.Attempts, failure.Command(request.BackendArguments),
        saved.GetValueOrDefault(done.Text));
}
