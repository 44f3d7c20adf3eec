using Msr.Conformance.Verification;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using PropertyTests.Cases;

namespace PropertyTests.Cli;

/// <summary><c>msr verify</c> in a process of its own.</summary>
[Collection("programs")]
public sealed class VerifyTests
{
    [Fact]
    public void Drawn_cases_end_with_the_tally_and_the_seed_is_printed()
    {
        using Workplace place = new();
        ProgramResult result = place.Run("verify --backend cpu --op pool.* --count 3").MustEnd(0, "pool.max-forward", ", seed ", "3 cases of 4 kinds");
        Assert.EndsWith("\n12 passed, 0 failed, 0 skipped\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("cases, 0 failed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_backend_exits_with_1_and_prints_the_command_that_repeats_it()
    {
        using Workplace place = new();
        ProgramResult result = place.Run("verify --fault overrun-by-one --op add --count 2 --seed 5 --save-failing failing --junit report.xml --json-file report.json");
        result.MustEnd(1, "FAILED add ", "law no-overrun: Nothing is written before or beyond an operand.", "msr verify --backend cpu --fault overrun-by-one --case \"add batch=1 channels=1 ");
        Assert.EndsWith("\n0 passed, 2 failed, 0 skipped\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, XDocument.Load(place.File("report.xml")).Root!.Descendants("failure").Count());
        JsonObject report = place.Json("report.json");
        Assert.Equal((5, 2), ((int)report["seed"]!, (int)report["failed"]!));
        JsonNode failure = report["failures"]![0]!;
        Assert.True(File.Exists(Path.Combine(place.Folder, (string)failure["saved"]!, "case.json")));

        string text = (string)failure["shrunk"]!;
        using MsrProgram again = MsrProgram.StartWith(place.Folder, "verify", "--fault", "overrun-by-one", "--case", text);
        again.Wait().MustEnd(1, $"FAILED {text}\n");
        using MsrProgram sound = MsrProgram.StartWith(place.Folder, "verify", "--case", text, "--case", "matmul rows=2 inner=3 columns=4 seed=0x2a");
        sound.Wait().MustEnd(0, "2 passed, 0 failed, 0 skipped");
    }

    [Fact]
    public void Json_on_stdout_is_json_alone()
    {
        using Workplace place = new();
        ProgramResult result = place.Run("verify --op fill --count 2 --json").MustEnd(0);
        Assert.Equal(2, (int)JsonNode.Parse(result.Output)!["passed"]!);
        Assert.Contains("2 passed, 0 failed, 0 skipped", result.Error, StringComparison.Ordinal);
        place.Run("verify --op fill --count 2 --json report.json").MustEnd(0, "2 passed, 0 failed, 0 skipped");
        Assert.Equal(2, (int)place.Json("report.json")["passed"]!);
    }

    [Fact]
    public void Kinds_are_listed_with_their_parameters_and_laws() => MsrProgram.Run(Path.GetTempPath(), "verify --list")
        .MustEnd(0, "conv.backward-filter", "pad=TOP,LEFT,BOTTOM,RIGHT", "padding-mode=zero|replicate|reflect", "exact-wide-integers", "a theorem");

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference:f64")]
    public void Stored_cases_are_run_and_what_is_wrong_does_not_stop_them(string backend)
    {
        using Workplace place = new();
        using StoredCaseCopy copy = new("sgd_04");
        place.Run($"verify --backend {backend} --cases {copy.Folder}").MustEnd(0, "1 passed, 0 failed, 0 skipped");
        copy.WriteIndex("""
            { "format": "neutral-case/1", "count": 4, "cases": [ { "id": "nowhere", "op": "sgd" }, { "id": "sgd_04", "op": "sgd" }, { "id": "../x", "op": "sgd" },
              { "id": "sgd_04", "op": "sgd" } ] }
            """);
        place.Run($"verify --backend {backend} --cases {copy.Folder}")
            .MustEnd(1, "there is no file", "the id '../x' is no name of a folder", "2 passed, 2 failed, 0 skipped", $"--cases {copy.Folder} --case nowhere");
        place.Run($"verify --backend {backend} --cases {copy.Folder} --case sgd_04").MustEnd(0, "2 passed, 0 failed, 0 skipped");
        copy.SetAttribute("type", "adam");
        place.Run($"verify --backend {backend} --cases {copy.Folder} --case sgd_04").MustEnd(0, "skipped 2: the optimizer 'adam' (sgd_04; sgd_04)", "0 passed, 0 failed, 2 skipped");
    }

    [Theory]
    [InlineData(2, "verify --backend gpu", "--backend takes one of cpu, cpu:direct, oracle, reference, cuda, cuda:tf32, cuda-emulated, cpu:f64, oracle:f64, reference:f64; got 'gpu'.")]
    [InlineData(2, "verify --count 0", "--count takes a whole number from 1 to 1000000; got '0'.")]
    [InlineData(2, "verify --op nothing.*", "--op: no kind fits 'nothing.*'; msr verify --list prints them.")]
    [InlineData(2, "verify --case matmul", "--case: 'matmul' is no case: it needs a kind, parameters and a seed")]
    [InlineData(2, "verify --case a --op add", "--op cannot be given with --case.")]
    [InlineData(2, "verify --case a --seed 3", "--seed cannot be given with --case.")]
    [InlineData(2, "verify --cases a --count 3", "--count cannot be given with --cases.")]
    [InlineData(3, "verify --cases nowhere", "There is no folder nowhere.")]
    [InlineData(3, "verify --cases stripes", "stripes holds no stored cases: there is no index.json in it.")]
    public void What_cannot_be_verified_is_said_in_a_sentence(int code, string arguments, string sentence)
    {
        using Workplace place = new();
        place.Run(arguments).MustEnd(code, "error: ", sentence);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("bench")]
    public void An_unknown_fault_is_answered_with_the_name_of_every_fault(string command)
    {
        using Workplace place = new();
        place.Run($"{command} --fault nothing").MustEnd(2, $"error: --fault takes one of {string.Join(", ", FaultCatalog.All.Select(static fault => fault.Name))}; got 'nothing'.");
    }

    [Fact]
    public void An_interrupted_run_ends_with_the_tally_so_far_and_130()
    {
        using Workplace place = new();
        using MsrProgram program = place.Start("verify --op conv.* --count 100000");
        Thread.Sleep(TimeSpan.FromSeconds(3));
        program.Signal(MsrProgram.Interrupt);
        ProgramResult result = program.Wait();
        result.MustEnd(130, "Stopped: the tally counts what was done.");
        Assert.Matches(@"\n\d+ passed, 0 failed, \d+ skipped\n$", result.Output);
    }
}
