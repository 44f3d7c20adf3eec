using System.Text.Json.Nodes;
using Msr.Core.Checkpoints;

namespace PropertyTests.Cli;

[Collection("programs")]
public sealed class ResumeTests
{
    private const string Long = "train --data stripes --model resnet8 --width 2 --batch 16 --validation 0.25 --epochs 100 --checkpoint-every 5 --noise 0.05";

    [Theory]
    [InlineData(MsrProgram.Terminate, 143)]
    [InlineData(MsrProgram.Interrupt, 130)]
    public void A_stopped_run_writes_a_checkpoint_says_how_to_go_on_and_ends_at_the_bits_of_an_unbroken_run(int signal, int code)
    {
        using Workplace place = new();
        place.Run($"{Long} --out unbroken --threads 1").MustEnd(0);
        using (MsrProgram program = place.Start($"{Long} --out stopped --threads 2"))
        {
            while (!File.Exists(place.File("stopped/metrics.jsonl")) && !program.HasExited)
            {
                Thread.Sleep(5);
            }

            program.Signal(signal);
            program.Wait().MustEnd(code, "Stopped after step ", "stopped/last.safetensors", "msr train --resume stopped");
        }

        Assert.False(File.Exists(place.File("stopped/result.json")));
        place.Run("train --resume stopped --threads 1").MustEnd(0, "Going on with stopped at step", "test accuracy");
        place.MustBeTheSame("unbroken", "stopped");
        Assert.Equal(place.Json("unbroken/result.json")["testLoss"]!.ToJsonString(), place.Json("stopped/result.json")["testLoss"]!.ToJsonString());
        MustHaveTheSameBest(place, "unbroken", "stopped");
    }

    [Fact]
    public void A_run_killed_at_20_random_moments_ends_at_the_bits_of_an_unbroken_run()
    {
        using Workplace place = new();
        place.Run($"{Long} --out unbroken").MustEnd(0);
        Random random = new(20);
        int kills = 0, runs = 0;
        while (kills < 20)
        {
            string run = $"killed{runs++}";
            bool done = false;
            while (!done)
            {
                bool begun = File.Exists(place.File($"{run}/config.json"));
                using MsrProgram program = place.Start(begun ? $"train --resume {run} --threads {1 + (kills % 2)}" : $"{Long} --out {run}");
                if (kills < 20)
                {
                    Thread.Sleep(random.Next(150, 900));
                    program.Signal(MsrProgram.Kill);
                }

                ProgramResult result = program.Wait();
                done = result.Code == 0;
                if (!done)
                {
                    Assert.True(result.Code == 137, $"{result}");
                    kills++;
                }
            }

            place.MustBeTheSame("unbroken", run);
            Assert.Empty(Directory.GetFiles(place.File(run), "*.msr-tmp"));
            MustHaveTheSameBest(place, "unbroken", run);
        }
    }

    [Fact]
    public void More_epochs_go_on_where_the_run_ended_and_config_json_says_so()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --out run").MustEnd(0);
        place.Run("train --resume run --epochs 6 --threads 1 --checkpoint-every 3").MustEnd(0, "Going on with run at step 16 of 24, epoch 5 of 6");
        Assert.Equal(6, (int)place.Json("run/config.json")["options"]!["epochs"]!);
        Assert.Equal(3, (int)place.Json("run/config.json")["checkpointEvery"]!);
        Assert.Equal(24, (int)place.Json("run/result.json")["steps"]!);
        place.Run("train --resume run --epochs 5").MustEnd(2, "--epochs may only grow when a run is resumed: run was asked for 6; got 5.");
    }

    [Fact]
    public void A_complete_run_without_its_result_gets_the_same_result_again()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --out run").MustEnd(0);
        string expected = WithoutMachine(place.Json("run/result.json"));
        File.Delete(place.File("run/result.json"));
        place.Run("train --resume run").MustEnd(0, "The run in run is complete.");
        Assert.Equal(expected, WithoutMachine(place.Json("run/result.json")));
    }

    [Fact]
    public void A_complete_run_keeps_its_result_and_tells_it_again()
    {
        using Workplace place = new();
        string longer = Workplace.Small.Replace("--epochs 4", "--epochs 100", StringComparison.Ordinal);
        place.Run($"{longer} --out run").MustEnd(0);
        byte[] result = File.ReadAllBytes(place.File("run/result.json"));
        ProgramResult again = place.Run("train --resume run --threads 1 --json").MustEnd(0, "The run in run is complete.");
        Assert.Equal(result, File.ReadAllBytes(place.File("run/result.json")));
        Assert.Equal(place.Json("run/result.json").ToJsonString(), JsonNode.Parse(again.Output)!.ToJsonString());
    }

    [Fact]
    public void A_data_folder_is_the_same_with_a_slash_at_its_end()
    {
        using Workplace place = new();
        place.Run("train --data stripes/ --model mlp --epochs 1 --out run").MustEnd(0);
        Assert.Equal(place.File("stripes"), (string)place.Json("run/config.json")["data"]!);
        place.Run("train --resume run --data stripes/").MustEnd(0);
        place.Run("train --resume run --data stripes").MustEnd(0);
        place.Run("eval run").MustEnd(0, "on the 16 test images of stripes");
    }

    [Fact]
    public void What_a_run_began_on_stays_and_other_vectors_are_a_warning()
    {
        using Workplace place = new();
        place.Run("train --data stripes --model mlp --epochs 1 --out run").MustEnd(0);
        JsonObject config = place.Json("run/config.json");
        (config["device"], config["vectorBits"]) = ("another machine", 64);
        File.WriteAllText(place.File("run/config.json"), config.ToJsonString());
        place.Run("train --resume run --epochs 2").MustEnd(0, "warning: the run was begun on vectors of 64 bits");
        config = place.Json("run/config.json");
        Assert.Equal(("another machine", 64), ((string)config["device"]!, (int)config["vectorBits"]!));
    }

    [Theory]
    [InlineData("model", "vgg", "There is no model 'vgg'")]
    [InlineData("method", "fixupp", "method takes one of msr, none, bn; got fixupp.")]
    public void A_configuration_of_what_does_not_exist_is_named(string name, string value, string sentence)
    {
        using Workplace place = new();
        place.Run("train --data stripes --model mlp --epochs 1 --out run").MustEnd(0);
        JsonObject config = place.Json("run/config.json");
        config["options"]![name] = value;
        File.WriteAllText(place.File("run/config.json"), config.ToJsonString());
        place.Run("train --resume run").MustEnd(3, "error: run/config.json cannot be read: ", sentence);
    }

    [Theory]
    [InlineData("--model resnet14", "--model")]
    [InlineData("--lr 0.3", "--lr")]
    [InlineData("--optimizer adamw", "--optimizer")]
    [InlineData("--augment standard", "--augment")]
    [InlineData("--backend reference", "--backend")]
    [InlineData("--limit 5", "--limit")]
    public void A_resumed_run_refuses_options_that_contradict_its_config_json(string option, string name)
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --epochs 1 --out run".Replace("--epochs 4 ", "", StringComparison.Ordinal)).MustEnd(0);
        place.Run($"train --resume run {option}").MustEnd(2, $"{name} contradicts the config.json of run");
        place.Run("train --resume run --model resnet8 --width 2").MustEnd(0);
    }

    [Fact]
    public void Other_data_are_refused_and_another_version_is_a_warning()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --out run").MustEnd(0);
        string config = place.File("run/config.json");
        string version = (string)place.Json("run/config.json")["version"]!;
        File.WriteAllText(config, File.ReadAllText(config).Replace(version, "0.0.1", StringComparison.Ordinal));
        place.Run("train --resume run").MustEnd(0, "warning: the run was begun by version 0.0.1, and this is ");
        byte[] images = File.ReadAllBytes(place.File("stripes/train-images-idx3-ubyte"));
        images[^1] ^= 1;
        File.WriteAllBytes(place.File("stripes/train-images-idx3-ubyte"), images);
        place.Run("train --resume run").MustEnd(3, "are not those that the run began with", "config.json says");
    }

    private static void MustHaveTheSameBest(Workplace place, string run, string other)
    {
        Checkpoint left = CheckpointStore.Load(place.File($"{run}/best.safetensors"));
        Checkpoint right = CheckpointStore.Load(place.File($"{other}/best.safetensors"));
        Assert.Equal(left.Step, right.Step);
        Workplace.MustBeTheSame(left.Parameters, right.Parameters);
        Workplace.MustBeTheSame(left.OptimizerState, right.OptimizerState);
    }

    private static string WithoutMachine(JsonObject result)
    {
        foreach (string name in (string[])["seconds", "imagesPerSecond", "peakMemoryBytes", "allocatedBytesPerStep"])
        {
            result.Remove(name);
        }

        return result.ToJsonString();
    }
}
