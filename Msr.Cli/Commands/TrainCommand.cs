using System.CommandLine;
using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary><c>msr train</c>: trains a network, or goes on with a run.</summary>
internal static class TrainCommand
{
    private const string Description = """
        Train a network and save it.

        With no options: the data set that is part of this program, the default model, the CPU.
        Results go to stdout, progress to stderr, files to runs/NAME. Ctrl-C finishes the step,
        writes a checkpoint and says how to go on. With --resume, only --epochs (more of them: the
        schedule then spans the new total), --threads, --checkpoint-every, --check-every and
        --data-folder may change.

        Examples:
          msr train
          msr train --data cifar10 --model resnet20 --epochs 30 --out runs/first
          msr train --resume runs/first
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("train", Description);
        TrainSettings settings = new();
        foreach (TrainSetting setting in settings.All)
        {
            command.Options.Add(setting.Option);
        }

        Option<string> output = OptionOf.Text("--out", "Directory for the files of a new run; by default runs/NAME.", "DIR");
        Option<string> resume = OptionOf.Text("--resume", "Directory of a run to go on with.", "DIR");
        command.Options.Add(output);
        command.Options.Add(resume);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command, output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(output) is not null && result.GetResult(resume) is not null)
            {
                result.AddError("--out cannot be given with --resume: a resumed run goes on in its own directory.");
            }
        });
        command.SetAction(parse =>
        {
            string? path = parse.GetValue(resume);
            RunConfiguration configuration = path is null
                ? settings.Begin(parse)
                : settings.Resume(parse, RunDirectory.ReadConfiguration(path), path);
            return Run(new TrainRequest(
                configuration,
                path,
                parse.GetValue(output),
                settings.ChoosesAugmentation(parse),
                outputOf(parse)));
        });
        return command;
    }

    private static int Run(TrainRequest request) => Backends.IsDouble(request.Configuration.Backend)
        ? new TrainSession<double>(request).Run()
        : new TrainSession<float>(request).Run();
}
