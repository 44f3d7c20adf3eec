using System.Text.Json.Nodes;
using Msr.Core.Data;

namespace PropertyTests.Cli;

[Collection("programs")]
public sealed class RunFilesTests
{
    [Fact]
    public void A_run_writes_every_field_of_its_files()
    {
        using Workplace place = new();
        ProgramResult run = place.Run($"{Workplace.Small} --validation 0.25 --seed 7 --threads 1 --out run --json").MustEnd(0);
        JsonObject result = place.Json("run/result.json");
        Assert.Equal(JsonNode.Parse(run.Output)!.ToJsonString(), result.ToJsonString());
        Assert.Equal(
            ["method", "model", "data", "backend", "seed", "threads", "epochs", "steps", "batch", "testAccuracy", "testLoss", "trainLoss", "diverged",
             "seconds", "imagesPerSecond", "peakMemoryBytes", "maxSliceMeanRatio"],
            result.Select(static pair => pair.Key).Where(static key => key != "allocatedBytesPerStep"));
        Assert.Equal("""["msr","resnet8","stripes","cpu",7,1,4,12,16]""", Values(result, 9));
        Assert.False((bool)result["diverged"]!);
        Assert.InRange((double)result["testAccuracy"]!, 0, 1);
        Assert.InRange((double)result["maxSliceMeanRatio"]!, 0, 1e-5);
        Assert.InRange((double)result["seconds"]!, 1e-3, 120);
        JsonObject config = place.Json("run/config.json");
        string[] settings =
        [
            "version", "data", "validation", "trainChecksum", "testChecksum", "backend", "device", "vectorBits", "threads", "deviceOrdinal",
            "synchronizeEveryOp", "checkpointEvery", "checkEvery", "options",
        ];
        Assert.Equal(settings, config.Select(static pair => pair.Key));
        Assert.Equal(place.File("stripes"), (string)config["data"]!);
        Assert.Equal(7, (int)config["options"]!["seed"]!);
        Assert.Equal(["best.safetensors", "config.json", "last.safetensors", "metrics.jsonl", "result.json"], Files(place.File("run")));
    }

    [Fact]
    public void Nesterov_is_switched_on_by_a_word()
    {
        using Workplace place = new();
        place.Run("train --data stripes --model mlp --epochs 1 --nesterov on --out run").MustEnd(0);
        Assert.True((bool)place.Json("run/config.json")["options"]!["nesterov"]!);
    }

    [Fact]
    public void The_optimizer_is_part_of_the_run_and_a_resumed_run_goes_on_with_it()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --optimizer adamw --momentum 0.8 --check-every 2 --out run").MustEnd(0, "check at step 0 passed");
        JsonNode options = place.Json("run/config.json")["options"]!;
        Assert.Equal(("AdamW", 0.8), ((string)options["optimizer"]!, (double)options["momentum"]!));
        place.Run("train --resume run --epochs 5 --optimizer adamw").MustEnd(0);
        place.Run("train --resume run --epochs 6 --optimizer sgd").MustEnd(2, "--optimizer contradicts the config.json of run");
        place.Run($"{Workplace.Small} --optimizer adamw --momentum 1 --out other").MustEnd(2, "--momentum must be below 1 with --optimizer adamw.");
    }

    [Fact]
    public void Where_data_are_looked_for_and_how_often_steps_are_checked_is_part_of_the_run()
    {
        using Workplace place = new();
        Directory.Move(place.File("stripes"), place.File("cifar10"));
        place.Run("train --data ./cifar10 --data-folder sets --model mlp --epochs 1 --check-every 2 --out run").MustEnd(0, "check at step 0 passed");
        Assert.Equal(place.File("sets"), (string)place.Json("run/config.json")["dataFolder"]!);
        Assert.Equal(2, (int)place.Json("run/config.json")["checkEvery"]!);
        place.Run("train --resume run --epochs 5").MustEnd(0, "check at step 2 passed");
        place.Run("train --resume run --epochs 9 --data-folder moved --check-every 3").MustEnd(0, "check at step 6 passed");
        JsonObject config = place.Json("run/config.json");
        Assert.Equal((place.File("moved"), 3), ((string)config["dataFolder"]!, (int)config["checkEvery"]!));

        // As of a run on the named set: its files are not there, and the message shows where they were looked for.
        config["data"] = "cifar10";
        File.WriteAllText(place.File("run/config.json"), config.ToJsonString());
        string looked = $"looked in {place.File("moved/cifar10")} (without";
        place.Run("train --resume run").MustEnd(3, looked);
        place.Run("eval run").MustEnd(3, looked);
        place.Run("eval run --data-folder other").MustEnd(3, $"looked in {place.File("other/cifar10")} (without");
    }

    [Fact]
    public void Metrics_have_a_line_for_every_report_and_one_for_every_epoch()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --validation 0.25 --out run").MustEnd(0);
        JsonObject[] lines = place.Metrics("run");
        JsonObject[] ends = [.. lines.Where(static line => line.ContainsKey("testAccuracy"))];
        Assert.Equal([3, 6, 9, 12], ends.Select(static line => (int)line["step"]!));
        Assert.Equal([0, 1, 2, 3], ends.Select(static line => (int)line["epoch"]!));
        Assert.Equal([3, 3, 6, 6, 9, 9, 10, 12, 12], lines.Select(static line => (int)line["step"]!));
        Assert.All(lines, static line => Assert.Equal(["step", "epoch", "loss", "lr", "imagesPerSecond"], line.Select(static pair => pair.Key).Take(5)));
        string[] more = ["trainAccuracy", "testLoss", "testAccuracy", "validationLoss", "validationAccuracy", "maxSliceMeanRatio", "meanShift"];
        Assert.All(ends, line => Assert.Equal(more, line.Select(static pair => pair.Key).Skip(5)));
        Assert.All(ends, static line => Assert.Contains(line["meanShift"]!.AsArray(), static record => (string)record!["layer"]! == "stage1.block1.body.conv1"));
    }

    [Fact]
    public void A_run_never_overwrites_another_and_names_are_numbered_up()
    {
        using Workplace place = new();
        string fast = "train --data stripes --model mlp --epochs 1";
        place.Run($"{fast} --out run").MustEnd(0);
        byte[] before = File.ReadAllBytes(place.File("run/last.safetensors"));
        place.Run($"{fast} --seed 2 --out run").MustEnd(2, "run holds another run, which is not overwritten", "--out", "--resume run");
        Assert.Equal(before, File.ReadAllBytes(place.File("run/last.safetensors")));
        place.Run(fast).MustEnd(0, "runs/stripes-mlp-msr-1");
        place.Run(fast).MustEnd(0, "runs/stripes-mlp-msr-2");
    }

    [Fact]
    public void Eval_gives_the_numbers_of_the_result_and_predict_and_inspect_read_the_checkpoint()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --label-smoothing 0.1 --out run").MustEnd(0);
        place.Run("eval run --json --json-file eval.json").MustEnd(0);
        Assert.Equal(place.Json("run/result.json")["testLoss"]!.ToJsonString(), place.Json("eval.json")["testLoss"]!.ToJsonString());
        place.Run("eval run/last.safetensors --data fashion-mini").MustEnd(2, "--data: The model takes images [8, 8, 1]", "'fashion-mini' has images [28, 28, 1]");
        place.Run("inspect run --json-file inspect.json").MustEnd(0, "stage3.block1.body.conv2 *", "[8, 8, 3, 3]", "mean shift");
        JsonNode layer = place.Json("inspect.json")["layers"]!.AsArray().Single(static l => (string)l!["layer"]! == "stage3.block1.body.conv2")!;
        Assert.InRange((double)layer["commonModeShare"]!, 0, 1);
        File.Delete(place.File("run/metrics.jsonl"));
        place.Run("inspect run/last.safetensors").MustEnd(0, "No mean shift: there is no metrics.jsonl beside the checkpoint.");
        File.WriteAllBytes(place.File("grey.png"), Png.Grey(8, 8, 0));
        File.WriteAllBytes(place.File("large.png"), Png.Grey(28, 28, 0));
        JsonNode prediction = JsonNode.Parse(place.Run("predict run grey.png grey.png --json").MustEnd(0).Output)!;
        Assert.Equal(2, prediction.AsArray().Count);
        Assert.Equal(1, prediction[0]!["top"]!.AsArray().Sum(static top => (double)top!["probability"]!), 1e-6);
        place.Run("predict run large.png").MustEnd(2, "large.png is 28x28 pixels, and the model takes 8x8");
        place.Run("predict run nothing.png").MustEnd(3, "There is no picture nothing.png");
        place.Run("predict run run/config.json").MustEnd(3, "run/config.json is no picture");
    }

    [Fact]
    public void Eval_goes_by_the_folder_of_the_run_though_its_set_is_known_by_another_name()
    {
        using Workplace place = new();
        foreach (KnownFile file in KnownDataset.FashionMini.Files)
        {
            using Stream resource = typeof(KnownDataset).Assembly.GetManifestResourceStream($"{file.Name}.gz")!;
            string name = file.Name.Replace("fashion-mini-", "", StringComparison.Ordinal).Replace("test-", "t10k-", StringComparison.Ordinal);
            using FileStream copy = File.Create(place.File($"stripes/{name}.gz"));
            resource.CopyTo(copy);
            File.Delete(place.File($"stripes/{name}"));
        }

        Directory.Move(place.File("stripes"), place.File("garments"));
        place.Run("train --data garments --limit 32 --model mlp --epochs 1 --out run").MustEnd(0);
        place.Run("eval run").MustEnd(0, "on the 2000 test images of fashion-mini");
        Directory.Move(place.File("garments"), place.File("moved"));
        place.Run("eval run").MustEnd(3, $"There is no data set '{place.File("garments")}'");
    }

    [Fact]
    public void The_result_counts_the_threads_that_computed()
    {
        using Workplace place = new();
        place.Run("train --data stripes --model mlp --epochs 1 --backend reference --threads 3 --out run").MustEnd(0);
        Assert.Equal(1, (int)place.Json("run/result.json")["threads"]!);
        place.Run("train --data stripes --model mlp --epochs 1 --threads 3 --out other").MustEnd(0);
        Assert.Equal(3, (int)place.Json("other/result.json")["threads"]!);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:f64")]
    [InlineData("reference:f64")]
    public void Whole_steps_agree_with_the_reference(string backend)
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --backend {backend} --out run --check-every 4 --accumulate 3 --noise 0.1")
            .MustEnd(0, "check at step 0 passed: ", "check at step 4 passed: ");
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Workplace place = new();
        string longer = Workplace.Small.Replace("--epochs 4", "--epochs 100", StringComparison.Ordinal);
        place.Run($"{longer} --out run").MustEnd(0);
        Assert.InRange((double)place.Json("run/result.json")["allocatedBytesPerStep"]!, 0, 8);
    }

    [Fact]
    public void Being_watched_changes_no_bit()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --out run").MustEnd(0);
        place.Run($"{Workplace.Small} --out watched --check-every 3").MustEnd(0);
        place.MustBeTheSame("run", "watched");
    }

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Values(JsonObject json, int count) => $"[{string.Join(',', json.Take(count).Select(static pair => pair.Value!.ToJsonString()))}]";
}
