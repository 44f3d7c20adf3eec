using System.Text.Json.Nodes;

namespace PropertyTests.Cli;

[Collection("programs")]
public sealed class FailureTests
{
    [Theory]
    [InlineData("train --lr NaN", "--lr takes a number of at least 0; got 'NaN'.")]
    [InlineData("train --lr -1", "--lr takes a number of at least 0; got '-1'.")]
    [InlineData("train --lr Infinity", "--lr takes a number of at least 0; got 'Infinity'.")]
    [InlineData("train --momentum 2", "--momentum takes a number from 0 to 1; got '2'.")]
    [InlineData("train --epochs 0", "--epochs takes a whole number from 1 to 1000000; got '0'.")]
    [InlineData("train --epochs 1.5", "--epochs takes a whole number from 1 to 1000000; got '1.5'.")]
    [InlineData("train --epochs", "--epochs takes a whole number from 1 to 1000000; got nothing.")]
    [InlineData("train --lr 0.1 --lr 0.2", "--lr may be given only once; it takes a number of at least 0.")]
    [InlineData("train --method msr --method bn", "--method may be given only once; it takes one of msr, none, bn.")]
    [InlineData("train --exclude", "--exclude takes patterns of names; got nothing.")]
    [InlineData("train --nonsense 3", "--nonsense")]
    [InlineData("train --threads 1000000", "--threads takes a whole number from 0 to 1024; got '1000000'.")]
    [InlineData("eval run --threads 1000000", "--threads takes a whole number from 0 to 1024; got '1000000'.")]
    [InlineData("train --model resnet2000000000", "--model: There is no resnet2000000000: the depth must be 6n + 2 from 8 to 2000")]
    [InlineData("train --model plain2006", "--model: There is no plain2006: the depth must be 6n + 2 from 8 to 2000")]
    [InlineData("train --json-file nowhere/result.json", "--json-file takes the name of a file in a directory that is there; ")]
    [InlineData("train --out run --json-file stripes", "--json-file takes the name of a file; stripes is a directory.")]
    [InlineData("train --method fixupp", "--method takes one of msr, none, bn")]
    [InlineData("train --backend cuba", "--backend takes one of cpu, cpu:direct, oracle, reference, cuda, cuda:tf32, cuda-emulated, cpu:f64, oracle:f64, reference:f64; got 'cuba'.")]
    [InlineData("train --model resnet21", "--model: There is no resnet21: the depth must be 6n + 2")]
    [InlineData("train --model vgg", "--model: There is no model 'vgg'; there are: resnet8")]
    [InlineData("train --schedule linear", "--schedule takes one of onecycle, step, cosine, constant; got 'linear'.")]
    [InlineData("train --padding mirror", "--padding takes one of zero, replicate, reflect; got 'mirror'.")]
    [InlineData("train --augment more", "--augment takes one of none, flip, standard; got 'more'.")]
    [InlineData("train --seed -1", "--seed takes a whole number of at least 0; got '-1'.")]
    [InlineData("train --out a --resume b", "--out cannot be given with --resume")]
    [InlineData("trian", "trian")]
    [InlineData("data get imagenet", "NAME takes one of fashion-mini, fashion-mnist, mnist, cifar10; got 'imagenet'.")]
    [InlineData("eval", "msr eval needs CHECKPOINT.")]
    [InlineData("data get", "msr data get needs NAME.")]
    public void Wrong_usage_names_the_option_and_its_allowed_values_and_exits_with_2(string arguments, string words)
    {
        using Workplace place = new();
        place.Run(arguments).MustEnd(2, "error: ", words, "--help");
        Assert.False(Directory.Exists(place.File("runs")));
    }

    [Fact]
    public void An_empty_checkpoint_is_wrong_usage()
    {
        using Workplace place = new();
        foreach (string[] arguments in (string[][])[["eval", ""], ["inspect", ""], ["predict", "", "a.png"]])
        {
            using MsrProgram program = MsrProgram.StartWith(place.Folder, arguments);
            program.Wait().MustEnd(2, "error: CHECKPOINT takes a checkpoint file or the directory of a run; got nothing.");
        }
    }

    [Theory]
    [InlineData("--model mlp --method bn", "--method has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model mlp --width 64", "--width has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model mlp64x32 --shortcut projection", "--shortcut has no effect with --model mlp64x32: it has no convolutions; remove it.")]
    [InlineData("--model mlp --padding reflect", "--padding has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model mlp --noise 0.1", "--noise has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model mlp --lambda 0.5", "--lambda has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model mlp --exclude *", "--exclude has no effect with --model mlp: it has no convolutions; remove it.")]
    [InlineData("--model plain8 --shortcut projection", "--shortcut has no effect with --model plain8: it has no shortcuts; remove it.")]
    [InlineData("--noise-site block-input", "--noise-site has no effect with --noise 0; remove it.")]
    [InlineData("--noise 0 --noise-distribution shift", "--noise-distribution has no effect with --noise 0; remove it.")]
    [InlineData("--method bn --exclude stem.weight", "--exclude has no effect with --method bn; remove it.")]
    [InlineData("--method none --exclude stem.weight", "--exclude has no effect with --method none; remove it.")]
    [InlineData("--optimizer adamw --nesterov on", "--nesterov has no effect with --optimizer adamw; remove it.")]
    [InlineData("--lambda 0 --exclude stem.weight", "--exclude has no effect with --lambda 0; remove it.")]
    [InlineData("--lambda 0.5 --recentre off", "--recentre has no effect with --lambda 0.5; remove it.")]
    [InlineData("--method none --recentre on", "--recentre has no effect with --method none; remove it.")]
    [InlineData("--optimizer adamw --momentum 1", "--momentum must be below 1 with --optimizer adamw.")]
    public void Options_that_a_model_or_a_method_has_no_use_for_are_refused(string options, string sentence)
    {
        using Workplace place = new();
        place.Run($"train --data stripes --epochs 1 --out run {options}").MustEnd(2, "error: ", sentence);
        Assert.False(Directory.Exists(place.File("run")));
    }

    [Theory]
    [InlineData("--model resnet8 --width 4096 --batch 2", "A parameter would have ")]
    [InlineData("--model mlp65536x65536", "A parameter would have ")]
    [InlineData("--model mlp32768x32768x32768x32768", "All parameters together would have ")]
    public void A_network_larger_than_any_memory_is_refused(string options, string what)
    {
        using Workplace place = new();
        place.Run($"train --data stripes --limit 10 {options} --out run").MustEnd(2, $"error: {what}", "choose a smaller --width or --model.");
        Assert.False(Directory.Exists(place.File("run")));
    }

    [Theory]
    [InlineData("stripes/train-images-idx3-ubyte", "is a file, and the data set needs a directory")]
    [InlineData("stripes/train-images-idx3-ubyte/set", "this directory cannot be made (")]
    public void A_data_set_is_fetched_only_to_where_it_can_be_put(string target, string sentence)
    {
        using Workplace place = new();
        ProgramResult result = place.Run($"data get mnist --out {target}").MustEnd(5, "error: ", sentence, "choose another one with --out.");
        Assert.DoesNotContain("trying", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train --data cifar10 --data-folder nowhere", "The data set cifar10 is not here", "get it with `msr data get cifar10`")]
    [InlineData("train --data nothing", "There is no data set '", "fashion-mini")]
    [InlineData("train --resume nothing", "nothing holds no run to resume: there is no config.json in it", "")]
    [InlineData("eval nothing.safetensors", "nothing.safetensors: ", "there is no such file")]
    [InlineData("inspect stripes/train-images-idx3-ubyte", "stripes/train-images-idx3-ubyte: ", "not safetensors")]
    public void What_is_missing_is_named_and_exits_with_3(string arguments, string words, string advice)
    {
        using Workplace place = new();
        place.Run(arguments).MustEnd(3, "error: ", words, advice);
    }

    [Fact]
    public void Damaged_data_are_named_with_the_byte_and_exit_with_3()
    {
        using Workplace place = new();
        string images = place.File("stripes/train-images-idx3-ubyte"), labels = place.File("stripes/train-labels-idx1-ubyte");
        byte[] whole = File.ReadAllBytes(images);
        File.WriteAllBytes(images, whole[..1000]);
        place.Run(Workplace.Small).MustEnd(3, "error: ", "train-images-idx3-ubyte, byte ");
        File.WriteAllBytes(images, File.ReadAllBytes(labels));
        File.WriteAllBytes(labels, whole);
        place.Run(Workplace.Small).MustEnd(3, "error: ", "train-images-idx3-ubyte, byte ");
        File.Delete(labels);
        place.Run(Workplace.Small).MustEnd(3, "but not train-labels-idx1-ubyte; add what is missing.");
        Assert.False(Directory.Exists(place.File("runs")));
    }

    [Fact]
    public void A_damaged_checkpoint_or_configuration_is_named_and_exits_with_3()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --out run").MustEnd(0);
        place.Run("train --data stripes --model mlp --epochs 1 --out other").MustEnd(0);
        byte[] whole = File.ReadAllBytes(place.File("run/last.safetensors"));
        File.Copy(place.File("other/last.safetensors"), place.File("run/last.safetensors"), overwrite: true);
        place.Run("train --resume run").MustEnd(3, "run/last.safetensors: has no parameter 'stem.weight', which the model resnet8 needs");
        File.WriteAllBytes(place.File("run/last.safetensors"), whole[..^7]);
        place.Run("train --resume run").MustEnd(3, "error: run/last.safetensors: ", "the file is damaged or not safetensors");
        place.Run("eval run").MustEnd(3, "error: run/last.safetensors: ");
        File.WriteAllText(place.File("run/config.json"), "{\"version\":");
        place.Run("train --resume run").MustEnd(3, "run/config.json cannot be read: ");
    }

    [Fact]
    public void A_run_that_diverges_names_step_and_op_says_so_in_its_result_and_exits_with_4()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --lr 1e30 --clip 0 --out run")
            .MustEnd(4, "error: Training diverged at step ", " wrote ", "Try a smaller --lr than 1E+30, or clip gradients with --clip 1.", "There is no checkpoint yet.");
        Assert.True((bool)place.Json("run/result.json")["diverged"]!);
        ProgramResult told = place.Run($"{Workplace.Small} --lr 1e30 --clip 0 --out told --json --json-file told/copy.json").MustEnd(4);
        Assert.True((bool)JsonNode.Parse(told.Output)!["diverged"]!);
        Assert.Equal(place.Json("told/result.json").ToJsonString(), place.Json("told/copy.json").ToJsonString());
        place.Run($"{Workplace.Small} --lr 1e30 --clip 0 --check-every 1 --out checked").MustEnd(4, "error: Training diverged at step ", " wrote ");
        place.Run($"{Workplace.Small} --limit 16 --lr 1e30 --clip 0 --out few")
            .MustEnd(4, "error: Training diverged at step 0: in the evaluation after it, ", " wrote ");
    }

    [Fact]
    public void A_pattern_that_frees_no_kernel_is_refused_before_the_run_begins()
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} --exclude stem --out run").MustEnd(2, "--exclude 'stem' names no kernel of resnet8", "'stem*'");
        Assert.False(Directory.Exists(place.File("run")));
        place.Run($"{Workplace.Small} --epochs 1 --exclude stem* --exclude *.conv2.weight --out run".Replace("--epochs 4 ", "", StringComparison.Ordinal)).MustEnd(0);
        place.Run("train --data stripes --model mlp --epochs 1 --out mlp").MustEnd(0);
    }

    [Fact]
    public void A_full_disk_names_the_last_good_checkpoint_and_exits_with_5()
    {
        using Workplace place = new();
        MsrProgram.RunWithSmallFiles(place.Folder, 4, $"{Workplace.Small} --out first").MustEnd(5, "error: first/", "cannot be written (", "There is no checkpoint yet.");
        MsrProgram.RunWithSmallFiles(place.Folder, 24, $"{Workplace.Small} --out second --epochs 40".Replace("--epochs 4 ", "", StringComparison.Ordinal))
            .MustEnd(5, "error: second/", "cannot be written (it is too large for the file system)", "The last good checkpoint is second/last.safetensors, of step ");
        place.Run("train --resume second").MustEnd(0);
        place.Run($"{Workplace.Small} --out unbroken --epochs 40".Replace("--epochs 4 ", "", StringComparison.Ordinal)).MustEnd(0);
        place.MustBeTheSame("unbroken", "second");
    }

    [Fact]
    public void A_result_file_that_cannot_be_written_costs_no_result()
    {
        using Workplace place = new();
        place.Run("train --data stripes --model mlp --epochs 1 --out run").MustEnd(0);
        ProgramResult result = place.Run("eval run --json --json-file /proc/eval.json")
            .MustEnd(5, "error: /proc/eval.json: the result cannot be written there (", "it stands on stdout, choose another --json-file.");
        Assert.Contains("\"testAccuracy\":", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_space_is_told_apart_and_exits_with_5()
    {
        using Workplace place = new();
        Directory.CreateDirectory(place.File("run"));
        File.CreateSymbolicLink(place.File("run/metrics.jsonl"), "/dev/full");
        place.Run($"{Workplace.Small} --out run").MustEnd(5, "error: run/metrics.jsonl: cannot be written (No space left on device", "There is no checkpoint yet.");
    }

    [Theory]
    [InlineData("--out /dev/null/run")]
    [InlineData("--out /proc/run")]
    public void A_directory_that_cannot_be_made_exits_with_5(string output)
    {
        using Workplace place = new();
        place.Run($"{Workplace.Small} {output}").MustEnd(5, "error: ", "/run: this directory cannot be made (", "choose another one.");
    }

    [Fact]
    public void Two_processes_do_not_train_in_one_directory()
    {
        using Workplace place = new();
        string slow = Workplace.Small.Replace("--epochs 4", "--epochs 100000", StringComparison.Ordinal);
        using MsrProgram program = place.Start($"{slow} --out run");
        while (!File.Exists(place.File("run/metrics.jsonl")) && !program.HasExited)
        {
            Thread.Sleep(5);
        }

        place.Run("train --resume run").MustEnd(2, "Another process is training in run");
    }

    [Theory]
    [InlineData("", "Begin with: msr train")]
    [InlineData("train", "msr train --data cifar10")]
    [InlineData("eval", "msr eval runs/first")]
    [InlineData("predict", "msr predict runs/first")]
    [InlineData("inspect", "msr inspect runs/first")]
    [InlineData("data get", "msr data get fashion-mnist")]
    [InlineData("backends", "msr backends")]
    [InlineData("verify", "msr verify --backend cpu --case")]
    public void Every_command_has_help_with_an_example(string command, string example)
    {
        using Workplace place = new();
        place.Run($"{command} --help").MustEnd(0, "Usage:", example);
    }

    [Theory]
    [InlineData("--data", "fashion-mini")]
    [InlineData("--model", "resnet8")]
    [InlineData("--width", "8")]
    [InlineData("--epochs", "10")]
    [InlineData("--batch", "128")]
    [InlineData("--seed", "1")]
    public void The_help_of_train_says_what_it_does_unless_told(string option, string value)
    {
        using Workplace place = new();
        string help = string.Join(' ', place.Run("train --help").MustEnd(0).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int start = help.IndexOf($" {option} <", StringComparison.Ordinal);
        Assert.Contains($" Default: {value}.", help[start..help.IndexOf(" --", start + 4, StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void Backends_are_listed_with_what_they_run_on() =>
        MsrProgram.Run(Path.GetTempPath(), "backends").MustEnd(0, "cpu", "reference:f64", "definition loops, 1 thread", "float64");
}
