using System.Globalization;
using System.Numerics;

namespace Msr.Core.Checkpoints;

/// <summary>
/// How a checkpoint lies in a safetensors file: metadata <c>format, model, method, seed, step, epoch, batchInEpoch, config, scalar/…</c> in
/// this order, the parameters by their paths, the state of the optimizer as <c>optimizer/…</c>.
/// </summary>
internal static class CheckpointFormat
{
    private const string Family = "msr-checkpoint/";
    private const string ScalarPrefix = "scalar/";
    private const string OptimizerPrefix = "optimizer/";

    internal static SafetensorsFile Encode(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Parameters.FirstOrDefault(IsOptimizerState) is { } wrong)
        {
            throw new ArgumentException($"The name of parameter {wrong} is kept for the optimizer.", nameof(checkpoint));
        }

        OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["format"] = Checkpoint.FormatVersion,
            ["model"] = checkpoint.Model,
            ["method"] = checkpoint.Method,
            ["seed"] = checkpoint.Seed.ToString(CultureInfo.InvariantCulture),
            ["step"] = checkpoint.Step.ToString(CultureInfo.InvariantCulture),
            ["epoch"] = checkpoint.Epoch.ToString(CultureInfo.InvariantCulture),
            ["batchInEpoch"] = checkpoint.BatchInEpoch.ToString(CultureInfo.InvariantCulture),
            ["config"] = checkpoint.Config,
        };
        foreach ((string name, double value) in checkpoint.Scalars)
        {
            metadata[ScalarPrefix + name] = value.ToString("R", CultureInfo.InvariantCulture);
        }

        IEnumerable<CheckpointTensor> state = checkpoint.OptimizerState.Select(tensor => tensor.Renamed(OptimizerPrefix + tensor.Name));
        return new SafetensorsFile(metadata, new TensorSet(checkpoint.Parameters.Concat(state)));
    }

    internal static Checkpoint Decode(SafetensorsFile file, string origin)
    {
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (!metadata.TryGetValue("format", out string? format) || !format.StartsWith(Family, StringComparison.Ordinal))
        {
            return new Checkpoint { IsForeign = true, Origin = origin, Parameters = file.Tensors };
        }

        if (format != Checkpoint.FormatVersion)
        {
            string problem = $"metadata 'format' is {CheckpointException.Quote(format)}, and this program reads {Checkpoint.FormatVersion}";
            throw new CheckpointException(CheckpointFault.Unsupported, origin, $"{problem}; use the version of Msr that wrote it");
        }

        return new Checkpoint
        {
            Origin = origin,
            Model = Text(metadata, "model", origin),
            Method = Text(metadata, "method", origin),
            Seed = Number<ulong>(metadata, "seed", origin),
            Step = Number<long>(metadata, "step", origin),
            Epoch = Number<int>(metadata, "epoch", origin),
            BatchInEpoch = Number<int>(metadata, "batchInEpoch", origin),
            Config = Text(metadata, "config", origin),
            Scalars = Scalars(metadata, origin),
            Parameters = new TensorSet(file.Tensors.Where(tensor => !IsOptimizerState(tensor))),
            OptimizerState = new TensorSet(
                file.Tensors.Where(IsOptimizerState).Select(tensor => tensor.Renamed(tensor.Name[OptimizerPrefix.Length..]))),
        };
    }

    private static bool IsOptimizerState(CheckpointTensor tensor) => tensor.Name.StartsWith(OptimizerPrefix, StringComparison.Ordinal);

    private static OrderedDictionary<string, double> Scalars(IReadOnlyDictionary<string, string> metadata, string origin)
    {
        OrderedDictionary<string, double> scalars = new(StringComparer.Ordinal);
        foreach ((string key, string text) in metadata)
        {
            if (!key.StartsWith(ScalarPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                string problem = $"metadata {CheckpointException.Quote(key)} is {CheckpointException.Quote(text)}, not a number";
                throw CheckpointException.Malformed(origin, problem);
            }

            scalars.Add(key[ScalarPrefix.Length..], value);
        }

        return scalars;
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata, string key, string origin) =>
        metadata.TryGetValue(key, out string? text) ? text : throw CheckpointException.Malformed(origin, $"metadata '{key}' is missing");

    private static T Number<T>(IReadOnlyDictionary<string, string> metadata, string key, string origin)
        where T : IBinaryInteger<T>
    {
        string text = Text(metadata, key, origin);
        return T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out T? number)
            ? number
            : throw CheckpointException.Malformed(
                origin,
                $"metadata '{key}' is {CheckpointException.Quote(text)}, not a whole number from 0 on that fits");
    }
}
