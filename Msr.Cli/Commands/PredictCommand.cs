using System.CommandLine;
using System.Numerics;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary><c>msr predict</c>: classifies pictures.</summary>
internal static class PredictCommand
{
    private const int Shown = 3;

    private const string Description = """
        Classify pictures (PNG or JPEG) of the size that the model was trained on.

        Colours become grey for a model of grey images. Nothing is resized or inverted: MNIST and
        Fashion-MNIST are white on black.

        Example:
          msr predict runs/first/last.safetensors shoe.png coat.png
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("predict", Description);
        Argument<string> path = CheckpointPath.Argument();
        Argument<string[]> images = new("IMAGE") { Description = "Pictures, PNG or JPEG.", HelpName = "IMAGE", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(path);
        command.Arguments.Add(images);
        Func<ParseResult, BackendRequest> requestOf = CommonOptions.AddBackend(command);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            BackendRequest request = requestOf(parse);
            Checkpoint checkpoint = CheckpointStore.Load(CheckpointPath.Resolve(parse.GetRequiredValue(path)));
            string[] files = parse.GetRequiredValue(images);
            PredictResult[] results = Backends.IsDouble(request.Name)
                ? Predict<double>(request, checkpoint, files)
                : Predict<float>(request, checkpoint, files);
            outputOf(parse).Write(results, CliJson.Default.PredictResultArray, writer => Print(writer, results));
            return ExitCode.Done;
        });
        return command;
    }

    private static PredictResult[] Predict<T>(BackendRequest request, Checkpoint checkpoint, string[] files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IBackend<T> backend = Backends.Open<T>(request);
        using Classifier<T> classifier = new(backend, checkpoint);
        return [.. files.Select(file => Of(file, classifier.Predict(Picture.Load(file, classifier.Card)), classifier.Card))];
    }

    private static PredictResult Of(string file, Prediction prediction, ModelCard card)
    {
        IEnumerable<ClassProbability> top = prediction.Probabilities
            .Select((probability, index) => new ClassProbability(index, card.ClassNames.IsDefaultOrEmpty ? $"{index}" : card.ClassNames[index], probability))
            .OrderByDescending(static c => c.Probability)
            .Take(Shown);
        return new PredictResult(file, prediction.Class, prediction.ClassName, prediction.Probability, [.. top]);
    }

    private static void Print(TextWriter writer, PredictResult[] results)
    {
        foreach (PredictResult result in results)
        {
            writer.WriteLine($"{result.File}: {string.Join(", ", result.Top.Select(static c => $"{c.ClassName} {c.Probability:P1}"))}");
        }
    }
}
