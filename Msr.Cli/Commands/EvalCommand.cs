using System.CommandLine;
using System.Numerics;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary><c>msr eval</c>: accuracy and loss of a checkpoint on a test set.</summary>
internal static class EvalCommand
{
    private const string Description = """
        Evaluate a checkpoint on the test images of a data set.

        The loss has the label smoothing of the training, so it is the one that the run reports.

        Example:
          msr eval runs/first/last.safetensors
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("eval", Description);
        Argument<string> path = CheckpointPath.Argument();
        Option<string> data = OptionOf.Text("--data", "Data set: a name or a folder. Default: the one it was trained on.", $"{string.Join('|', DatasetCatalog.Names)}|DIR");
        command.Arguments.Add(path);
        command.Options.Add(data);
        TableOptions table = TableOptions.Add(command, RunConfiguration.Default, "--data-folder");
        Func<ParseResult, BackendRequest> requestOf = CommonOptions.AddBackend(command);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            BackendRequest request = requestOf(parse);
            string file = CheckpointPath.Resolve(parse.GetRequiredValue(path));
            Checkpoint checkpoint = CheckpointStore.Load(file);
            (string Data, string? Folder) set = parse.GetValue(data) is { } asked ? (asked, null) : CheckpointPath.DataOf(file, ModelCard.Of(checkpoint));
            ImageDataset test = RunData.LoadPair(set.Data, table.Read(parse).DataFolder ?? set.Folder).Test;
            StepReport report = Backends.IsDouble(request.Name)
                ? Evaluate<double>(request, checkpoint, test)
                : Evaluate<float>(request, checkpoint, test);
            EvalResult result = new(file, test.Name, request.Name, report.Samples, report.Accuracy, report.Loss);
            outputOf(parse).Write(result, CliJson.Default.EvalResult, writer => writer.WriteLine(
                $"test accuracy {result.TestAccuracy:P2}, test loss {result.TestLoss:F4} on the {result.Images} test images of {result.Data}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static StepReport Evaluate<T>(BackendRequest request, Checkpoint checkpoint, ImageDataset test)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IBackend<T> backend = Backends.Open<T>(request);
        using Classifier<T> classifier = new(backend, checkpoint);
        try
        {
            return classifier.Evaluate(test);
        }
        catch (ArgumentException error)
        {
            throw UsageException.Of("--data", error);
        }
    }
}
