using System.Text.Json.Nodes;
using Msr.Cli.Benchmarks;

namespace PropertyTests.Cli;

/// <summary><c>msr bench</c> in a process of its own, and its statistics.</summary>
[Collection("programs")]
public sealed class BenchTests
{
    private const string Quick = "--samples 3 --seconds 0.05 --batch 2 --threads 1";

    private static readonly string[] Fields =
        ["name", "shape", "algorithm", "backend", "batch", "threads", "medianSeconds", "q1", "q3"];

    [Theory]
    [InlineData("train --model resnet8 --width 2", "imagesPerSecond", "train.resnet8.msr")]
    [InlineData("forward --model resnet8 --width 2", "imagesPerSecond", "forward.resnet8.msr")]
    [InlineData("forward --model mlp8 --image 5", "imagesPerSecond", "forward.mlp8.msr")]
    [InlineData("isocline --model mlp8", "gbps", "isocline.update", "isocline.copy")]
    [InlineData("start", null, "start")]
    public void Json_on_stdout_has_the_fields_of_the_contract_alone(string suite, string? speed, params string[] names)
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench {suite} {Quick} --json").MustEnd(0);
        JsonObject[] rows = Rows(JsonNode.Parse(result.Output)!);
        Assert.Equal(names, rows.Select(static row => (string)row["name"]!));
        Assert.All(rows, row =>
        {
            Assert.Equal([.. Fields, .. speed is null ? Array.Empty<string>() : [speed], "errorOverBound"], row.Select(static field => field.Key));
            Assert.StartsWith("direct", (string)row["algorithm"]!, StringComparison.Ordinal);
            Assert.Equal(("cpu", 1), ((string)row["backend"]!, (int)row["threads"]!));
            Assert.InRange((double)row["medianSeconds"]!, (double)row["q1"]!, (double)row["q3"]!);
            Assert.InRange((double)row["errorOverBound"]!, 0, 1);
        });
    }

    [Fact]
    public void Convolutions_are_counted_by_their_definition_and_the_table_names_the_judged_batch()
    {
        using Workplace place = new();
        ProgramResult result = place.Run("bench conv --samples 3 --seconds 0.05 --batch 48 --json-file bench.json").MustEnd(0, "GFLOP/s", "(at batch 32)", "64→64@8", " winograd ", " direct ");
        Assert.StartsWith("cpu (", result.Output, StringComparison.Ordinal);
        JsonObject[] rows = Rows(JsonNode.Parse(File.ReadAllText(place.File("bench.json")))!);
        Assert.Equal(18, rows.Length);
        Assert.Equal([.. Fields, "gflops", "errorOverBound"], rows[3].Select(static field => field.Key));
        double flops = (double)rows[3]["gflops"]! * (double)rows[3]["medianSeconds"]! * 1e9;
        Assert.Equal(2.0 * 48 * 32 * 32 * 16 * 16 * 9, flops, 1.0);
    }

    [Fact]
    public void The_ops_of_a_step_add_up_to_it_and_say_how_near_they_are_to_what_the_machine_can_do()
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench step {Quick} --model resnet8 --width 2 --json-file step.json").MustEnd(0, "% of the limit", "% of the step", "in registers and copies");
        JsonObject[] rows = Rows(JsonNode.Parse(File.ReadAllText(place.File("step.json")))!);
        Assert.Equal([.. Fields, "gflops", "share", "shareOfLimit", "errorOverBound"], rows.First(static row => (string)row["name"]! == "step.conv.forward").Select(static field => field.Key));
        Assert.Equal([.. Fields, "gbps", "share", "shareOfLimit", "errorOverBound"], rows.First(static row => (string)row["name"]! == "step.sgd.step").Select(static field => field.Key));
        Assert.Equal(1, rows.Sum(static row => (double)row["share"]!), 1e-9);
        Assert.Equal(rows.OrderByDescending(static row => (double)row["medianSeconds"]!).Select(static row => (string)row["name"]!), rows.Select(static row => (string)row["name"]!));
        JsonObject stem = rows.First(static row => (string)row["name"]! == "step.conv.forward" && (string)row["shape"]! == "3→2@32");
        Assert.Equal(2.0 * 2 * 32 * 32 * 3 * 2 * 9, (double)stem["gflops"]! * (double)stem["medianSeconds"]! * 1e9, 1.0);
    }

    [Theory]
    [InlineData("train", "12x12x3, width 2")]
    [InlineData("forward", "12x12x3, width 2")]
    public void Steps_are_of_images_of_the_size_that_was_asked_for(string suite, string shape)
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench {suite} {Quick} --model resnet8 --width 2 --image 12 --json").MustEnd(0);
        Assert.Equal(shape, (string)Rows(JsonNode.Parse(result.Output)!).Single()["shape"]!);
    }

    [Fact]
    public void What_is_only_timed_is_not_judged()
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench train forward {Quick} --model resnet8 --width 2 --time-only --fault dropped-product --json").MustEnd(0);
        JsonObject[] rows = Rows(JsonNode.Parse(result.Output)!);
        Assert.Equal(["train.resnet8.msr", "forward.resnet8.msr"], rows.Select(static row => (string)row["name"]!));
        Assert.All(rows, row => Assert.Equal([.. Fields, "imagesPerSecond"], row.Select(static field => field.Key)));
        Assert.DoesNotContain("resident", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_fault_leaves_alone_is_timed()
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench train isocline {Quick} --model mlp8 --fault short-inner-loop --json").MustEnd(1, "error: train.mlp8.msr is not timed");
        Assert.Equal(["isocline.update", "isocline.copy"], Rows(JsonNode.Parse(result.Output)!).Select(static row => (string)row["name"]!));
    }

    [Theory]
    [InlineData("conv", "dropped-product", "error: conv.forward 3→16@32 is not timed, it is wrong: ", "Repeat with: msr verify --backend cpu --fault dropped-product --case \"conv.forward batch=2 in=3 image=32,32 out=16 filter=3,3 pad=1,1,1,1 seed=0x1\"")]
    [InlineData("train --model resnet8 --width 2", "dropped-product", "error: train.resnet8.msr is not timed", "Repeat with: msr verify --backend cpu --fault dropped-product --case \"plan.step model=resnet8 batch=2 image=32,32 channels=3 width=2 classes=10 momentum=0.9 clip=1 seed=0x1\"")]
    [InlineData("forward --model resnet8 --width 2 --image 8", "dropped-product", "error: forward.resnet8.msr is not timed", "Repeat with: msr verify --backend cpu --fault dropped-product --case \"plan.step model=resnet8 batch=2 image=8,8 channels=3 width=2 classes=10 momentum=0.9 clip=1 seed=0x1\"")]
    [InlineData("start", "dropped-product", "error: start is not timed", "Repeat with: msr verify --backend cpu --fault dropped-product --case \"plan.step model=resnet8 batch=2 image=28,28 channels=1 width=8 classes=10 momentum=0.9 clip=1 seed=0x1\"")]
    public void What_is_wrong_is_not_timed(string suite, string fault, params string[] words)
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"bench {suite} {Quick} --fault {fault} --json").MustEnd(1, words);
        Assert.Empty(Rows(JsonNode.Parse(result.Output)!));
    }

    [Theory]
    [InlineData(2, "bench nothing", "msr bench takes suites out of conv, train, forward, step, isocline, start; got 'nothing'.")]
    [InlineData(2, "bench conv --batch 0", "--batch takes a whole number from 1 to 65536; got '0'.")]
    [InlineData(2, "bench conv --batch 65536", "--batch: 'conv.forward batch=65536 in=3 image=32 out=16 filter=3 stride=1 pad=1 seed=1' is no case: ")]
    [InlineData(2, "bench --samples 2", "--samples takes a whole number from 3 to 10000; got '2'.")]
    [InlineData(2, "bench train --image 3", "--image takes a whole number from 4 to 1024; got '3'.")]
    [InlineData(2, "bench train --model lenet", "--model: There is no model 'lenet'; there are: ")]
    [InlineData(2, "bench train --model mlp --method bn", "--method has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData(2, "bench --backend gpu", "--backend takes one of cpu, ")]
    public void What_cannot_be_timed_is_said_in_a_sentence(int code, string arguments, string sentence)
    {
        using Workplace place = new();
        place.Run(arguments).MustEnd(code, "error: ", sentence);
    }

    [Fact]
    public void The_help_has_an_example() => MsrProgram.Run(Path.GetTempPath(), "bench --help").MustEnd(0, "msr bench conv isocline --batch 8 --threads 1");

    [Fact]
    public void An_interrupted_run_prints_what_was_timed_and_ends_with_130()
    {
        using Workplace place = new();
        using MsrProgram program = place.Start("bench conv --samples 10000 --threads 1");
        Thread.Sleep(TimeSpan.FromSeconds(3));
        program.Signal(MsrProgram.Interrupt);
        program.Wait().MustEnd(130, "Stopped: the table has what was timed.", "error/bound");
    }

    [Fact]
    public void Quartiles_lie_between_samples()
    {
        Assert.Equal(new Quartiles(3, 2, 4), Quartiles.Of([5, 1, 4, 2, 3]));
        Assert.Equal(new Quartiles(2.5, 1.75, 3.25), Quartiles.Of([4, 3, 2, 1]));
        Assert.Equal(new Quartiles(7, 7, 7), Quartiles.Of([7]));
        Assert.Throws<ArgumentException>(static () => Quartiles.Of([]));
    }

    [Fact]
    public void Ratios_are_of_pairs()
    {
        // A disturbance that meets both of a pair leaves their ratio alone.
        Assert.Equal(new Quartiles(2, 2, 2), Quartiles.OfRatios([2, 20, 4], [1, 10, 2]));
        Assert.Equal(new Quartiles(2, 1.5, 2.5), Quartiles.OfRatios([1, 2, 3], [1, 1, 1]));
        Assert.Throws<ArgumentException>(static () => Quartiles.OfRatios([1], [1, 2]));
    }

    [Fact]
    public void Works_that_are_compared_run_alternately()
    {
        List<char> order = [];
        Sampler sampler = new(static () => { }, 3, TimeSpan.FromMilliseconds(1), static _ => { }, CancellationToken.None);
        double[][] times = sampler.Sample(() => Work('a'), () => Work('b'));
        Assert.Equal([3, 3], times.Select(static samples => samples.Length));
        Assert.All(times.SelectMany(static samples => samples), static seconds => Assert.InRange(seconds, 0.012, 1));
        Assert.Equal("ababab", new string([.. order[^6..]]));

        void Work(char name)
        {
            order.Add(name);
            // Long enough to be a sample by itself.
            Thread.Sleep(12);
        }
    }

    private static JsonObject[] Rows(JsonNode array) => [.. array.AsArray().Select(static row => row!.AsObject())];
}
