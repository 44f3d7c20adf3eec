using System.Xml.Linq;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Stored;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Reference;

namespace PropertyTests.Conformance;

/// <summary>The verifier finds what is planted, shrinks it, and reports the same whatever the number of threads.</summary>
public sealed class VerifierTests
{
    private static readonly VerifySettings s_few = new() { Count = 6, Seed = 11, Threads = 1 };

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference:f64")]
    public void An_honest_backend_passes_every_kind(string backend)
    {
        VerifyReport report = new Verifier(() => Cases.StoredCases.Open(backend), s_few with { Count = 2 }).Verify(CaseCatalog.All);
        Assert.Empty(report.Cases.Where(static done => done.Failed).Select(static done => $"{done.Text}: {done.Failure!.Law}: {done.Failure.Message}"));
        Assert.Equal(CaseCatalog.All.Select(static entry => entry.Kind), report.Kinds.Select(static kind => kind.Kind));
        Assert.True(report.IsComplete);
    }

    [Fact]
    public void A_planted_fault_shrinks_to_the_smallest_case()
    {
        VerifyReport report = Verify("overrun-by-one", "conv.forward", "add");
        Assert.Equal(report.Cases.Length, report.Failed);
        Assert.All(report.Cases, static done => Assert.Equal(("no-overrun", Smallest(done.Kind)), (done.Failure!.Law, Parameters(done.Failure.Text))));
        Assert.All(report.Cases, static done => Assert.True(done.Failure!.Attempts <= 500));
    }

    [Fact]
    public void A_shrunk_case_fails_again_from_its_text()
    {
        VerifyReport report = Verify("off-by-one-pad", "conv.forward");
        Assert.NotEqual(0, report.Failed);
        foreach (CaseFailure failure in report.Cases.Where(static done => done.Failed).Select(static done => done.Failure!))
        {
            CaseReport again = Assert.Single(new Verifier(() => Faulty("off-by-one-pad"), s_few).Verify([CaseTextReader.Read(failure.Text)]).Cases);
            Assert.Contains(again.Laws, law => law.Law == failure.Law && law.Outcome.Message == failure.Message);
            Assert.Equal($"msr verify --backend cpu --case \"{failure.Text}\"", failure.Command("cpu"));
        }
    }

    [Fact]
    public void The_report_does_not_depend_on_the_number_of_threads()
    {
        string[] kinds = ["conv.forward", "matmul", "fill"];
        Assert.Equal(Lines(Verify(1)), Lines(Verify(5)));

        VerifyReport Verify(int threads) => new Verifier(() => Faulty("off-by-one-pad"), s_few with { Threads = threads }).Verify([.. kinds.Select(static kind => CaseCatalog.Find(kind)!)]);

        static IEnumerable<string> Lines(VerifyReport report) =>
            report.Cases.Select(static done => $"{done.Text} {done.Verdict} {done.ErrorOverBound:R} {done.Failure?.Text} {done.Failure?.Message} {done.Failure?.Attempts}");
    }

    [Fact]
    public void What_a_backend_throws_is_a_failure_with_type_and_message()
    {
        VerifyReport report = new Verifier(() => new Subject<float>(new FaultyBackend<float>(new CpuBackend<float>(1), new Throwing())), s_few)
            .Verify([CaseCatalog.Find("add")!]);
        Assert.All(report.Cases, static done => Assert.Equal("NotSupportedException: no kernel yet", done.Failure!.Message));
        Assert.All(report.Cases, static done => Assert.Equal("batch=1 channels=1", Parameters(done.Failure!.Text)));
    }

    [Fact]
    public void Cases_of_a_run_follow_from_its_seed_alone()
    {
        VerifyReport one = new Verifier(static () => new Subject<double>(new ReferenceBackend<double>()), s_few).Verify([CaseCatalog.Find("fill")!]);
        VerifyReport more = new Verifier(static () => new Subject<double>(new ReferenceBackend<double>()), s_few with { Count = 9 }).Verify([CaseCatalog.Find("copy")!, CaseCatalog.Find("fill")!]);
        Assert.Equal(one.Cases.Select(static done => done.Text), more.Cases.Skip(9).Take(6).Select(static done => done.Text));
    }

    [Fact]
    public void A_stopped_run_reports_what_is_done()
    {
        using CancellationTokenSource stop = new();
        Stopping progress = new(stop, 4);
        VerifyReport report = new Verifier(static () => new Subject<double>(new ReferenceBackend<double>()), s_few, progress).Verify(CaseCatalog.All, stop.Token);
        Assert.False(report.IsComplete);
        Assert.Equal("4 passed, 0 failed, 0 skipped", report.Tally);
    }

    [Fact]
    public void Reports_for_build_servers_are_well_formed_whatever_they_say()
    {
        VerifyReport report = Verify("overrun-by-one", "add", "fill");
        CaseReport strange = new("strange", "<&\">\u0001", Verdict.Skipped) { Reason = "]]> \u0000 & <" };
        using MemoryStream stream = new();
        JUnitReport.Write(report with { Cases = report.Cases.Add(strange) }, stream);
        stream.Position = 0;
        XElement root = XDocument.Load(stream).Root!;
        Assert.Equal("13", root.Attribute("tests")!.Value);
        Assert.Equal(12, root.Descendants("failure").Count());
        Assert.Single(root.Descendants("skipped"));
        Assert.Contains("msr verify --backend cpu --case \"add batch=1 channels=1 ", root.Descendants("failure").First().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_case_is_saved_with_all_that_its_law_saw()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("msr-failing-");
        try
        {
            CaseReport failing = Verify("dropped-product", "conv.forward").Cases.First(static done => done.Failed);
            using Subject subject = Faulty("dropped-product");
            string saved = FailingCaseFolder.Write(folder.FullName, failing.Failure!, subject);
            Assert.Equal(failing.Failure!.Text, File.ReadAllText(Path.Combine(saved, "case.txt")).Trim());
            StoredCase stored = StoredCase.Open(saved);
            double[] expected = stored.Reals("y"), got = stored.Reals("y.got"), bound = stored.Reals("y.bound");
            Assert.Contains(expected.Zip(got).Zip(bound), static all => Math.Abs(all.First.First - all.First.Second) > all.Second);
            Assert.Equal(["x", "w", "y", "y.got", "y.bound"], stored.Tensors.Select(static tensor => tensor.Name));
            Assert.Equal(failing.Failure.Law, stored.Attributes.Text("law", ""));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static VerifyReport Verify(string fault, params string[] kinds) =>
        new Verifier(() => Faulty(fault), s_few).Verify([.. kinds.Select(static kind => CaseCatalog.Find(kind)!)]);

    private static Subject<float> Faulty(string fault) => new(new FaultyBackend<float>(new CpuBackend<float>(1), FaultCatalog.Find(fault)!));

    private static string Parameters(string text) => CaseDescriptor.Split(text).Parameters;

    private static string Smallest(string kind) => kind == "add" ? "batch=1 channels=1" : "batch=1 in=1 image=1,1 out=1 filter=1,1";

    private sealed class Throwing() : Fault("throwing", "the kernel is missing", Add<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run) => throw new NotSupportedException("no kernel yet");
    }

    private sealed class Stopping(CancellationTokenSource stop, int after) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value)
        {
            if (value.Done == after)
            {
                stop.Cancel();
            }
        }
    }
}
