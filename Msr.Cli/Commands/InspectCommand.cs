using System.CommandLine;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Core.Checkpoints;
using Msr.Core.Numerics;
using Msr.Core.Plans;
using Msr.Core.Training;
using Spectre.Console;

namespace Msr.Cli.Commands;

/// <summary><c>msr inspect</c>: what training made of each layer.</summary>
internal static class InspectCommand
{
    private const string Description = """
        Show, layer by layer, shapes, filter norms, scales, the distance from the isocline and the mean shift.

        "ratio" is the slice mean over the kernel's rms (max and rms over slices), "drift" the same in units
        of float32 rounding; * marks kernels whose gradients every step projects: with --lambda 1, its default
        for msr, those that start on the isocline stay there. The mean shift is the share of an activation's
        power that is constant a channel, as the run recorded it.

        Example:
          msr inspect runs/first/last.safetensors
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("inspect", Description);
        Argument<string> path = CheckpointPath.Argument();
        command.Arguments.Add(path);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            InspectResult result = Inspect(CheckpointPath.Resolve(parse.GetRequiredValue(path)));
            outputOf(parse).Write(result, CliJson.Default.InspectResult, writer => Print(writer, result));
            return ExitCode.Done;
        });
        return command;
    }

    private static InspectResult Inspect(string file)
    {
        Checkpoint checkpoint = CheckpointStore.Load(file);
        ModelCard card = ModelCard.Of(checkpoint);
        Plan<double> plan = TrainingPlan.Of<double>(card.CreateNetwork(), card.Options.CreateUpdateRule(), new PlanSettings(1));
        checkpoint.RequireParameters(card.Options.Model, plan.Parameters.Select(static p => KeyValuePair.Create(p.Name, p.Layout.Exchange)));
        (Dictionary<string, double> shifts, string? absence) = MeanShifts(file, checkpoint.Step);
        LayerResult[] layers =
        [
            .. plan.Parameters
                .Where(static p => p.Kind is ParameterKind.SpatialKernel or ParameterKind.PointwiseKernel or ParameterKind.LinearWeight)
                .Select(parameter => Measure(checkpoint, parameter, shifts)),
        ];
        return new InspectResult(file, card.Options.Model, card.Options.Method, card.Data, checkpoint.Step, layers, absence);
    }

    private static LayerResult Measure(Checkpoint checkpoint, PlanParameter<double> parameter, Dictionary<string, double> shifts)
    {
        Shape shape = parameter.Layout.Exchange;
        string layer = parameter.Name[..parameter.Name.LastIndexOf('.')];
        double[] weight = Values(checkpoint, parameter.Name);
        double[] norms = [.. weight.Chunk((int)shape.Length / shape[0]).Select(static filter => Math.Sqrt(filter.Sum(static w => w * w)))];
        double[]? scales = checkpoint.Parameters.TryGet($"{layer}.scale", out _)
            ? Array.ConvertAll(Values(checkpoint, $"{layer}.scale"), Math.Exp)
            : null;
        IsoclineDistance? distance = parameter.Kind == ParameterKind.SpatialKernel ? IsoclineDistance.Of(weight, shape) : null;
        return new LayerResult
        {
            Layer = layer,
            Shape = $"{shape}",
            OnIsocline = parameter.OnIsocline,
            RawNorms = Range(norms),
            EffectiveNorms = Range(scales is null ? norms : [.. norms.Zip(scales, static (norm, scale) => norm * scale)]),
            Scales = scales is null ? null : [scales.Min(), scales.Max()],
            MaxSliceMeanRatio = distance?.MaxRatio,
            RmsSliceMeanRatio = distance?.RmsRatio,
            DriftInRoundings = distance?.MaxDrift,
            CommonModeShare = shifts.TryGetValue(layer, out double share) ? share : null,
        };
    }

    private static double[] Values(Checkpoint checkpoint, string name)
    {
        CheckpointTensor tensor = checkpoint.Parameters[name];
        double[] values = new double[tensor.Length];
        tensor.ConvertTo<double>(values);
        return values;
    }

    private static double[] Range(double[] values) => [values.Min(), values.Average(), values.Max()];

    /// <summary>The mean shift that the run recorded last before the checkpoint, or a sentence that says why there is none.</summary>
    private static (Dictionary<string, double> Shifts, string? Absence) MeanShifts(string file, long step)
    {
        string metrics = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".", "metrics.jsonl");
        MetricsLine? line = MetricsFile.Read(metrics).LastOrDefault(candidate => candidate.MeanShift is not null && candidate.Step <= step);
        if (line?.MeanShift is not { } records)
        {
            string why = File.Exists(metrics) ? "metrics.jsonl has no record up to this step" : "there is no metrics.jsonl beside the checkpoint";
            return ([], $"No mean shift: {why}.");
        }

        Dictionary<string, double> shifts = new(StringComparer.Ordinal);
        foreach (MeanShiftRecord record in records.Where(static r => r.Place == $"{ProbePlace.Branch}"))
        {
            shifts[record.Layer] = record.CommonModeShare;
        }

        return (shifts, null);
    }

    private static void Print(TextWriter writer, InspectResult result)
    {
        writer.WriteLine($"{result.Checkpoint}: {result.Model}, method {result.Method}, trained on {result.Data}, {result.Step} steps");
        Table table = Tables.Create(
            "layer", "shape", "norm (min mean max)", "effective norm", "scale", "max ratio", "rms ratio", "drift", "mean shift");
        foreach (LayerResult layer in result.Layers)
        {
            table.Row(
                layer.OnIsocline ? $"{layer.Layer} *" : layer.Layer,
                layer.Shape,
                Numbers(layer.RawNorms),
                Numbers(layer.EffectiveNorms),
                layer.Scales is { } scales ? Numbers(scales) : "-",
                Number(layer.MaxSliceMeanRatio),
                Number(layer.RmsSliceMeanRatio),
                Number(layer.DriftInRoundings),
                layer.CommonModeShare is { } share ? $"{share:P1}" : "-");
        }

        Tables.Print(writer, table);
        if (result.WithoutMeanShift is { } absence)
        {
            writer.WriteLine(absence);
        }
    }

    private static string Numbers(double[] values) => string.Join(' ', values.Select(static value => $"{value:F3}"));

    private static string Number(double? value) => value is { } number ? $"{number:G3}" : "-";
}
