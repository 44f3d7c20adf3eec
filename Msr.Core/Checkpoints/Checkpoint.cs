using System.Collections.ObjectModel;
using Msr.Core.Numerics;

namespace Msr.Core.Checkpoints;

/// <summary>
/// Everything a run needs to go on bit for bit: where it stands, its configuration, its parameters and the state of its optimizer.
/// </summary>
public sealed class Checkpoint
{
    /// <summary>The version of the format that this program writes and reads.</summary>
    public const string FormatVersion = "msr-checkpoint/1";

    /// <summary>The number of steps done.</summary>
    public long Step { get; init; }

    /// <summary>The epoch of the next step, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>The position in the data: the batch of the next step in its epoch, from 0.</summary>
    public int BatchInEpoch { get; init; }

    /// <summary>The seed of the run, from which every random stream derives.</summary>
    public ulong Seed { get; init; }

    /// <summary>The name of the model, such as <c>resnet20</c>; empty in a foreign file.</summary>
    public string Model { get; init; } = "";

    /// <summary>The name of the method, such as <c>msr</c>; empty in a foreign file.</summary>
    public string Method { get; init; } = "";

    /// <summary>The options in force, as JSON; carried as it is, not interpreted.</summary>
    public string Config { get; init; } = "";

    /// <summary>
    /// Further numbers by name, such as <c>maxSliceMeanRatio</c>; they come back exactly (of a NaN, only that it is one).
    /// </summary>
    public IReadOnlyDictionary<string, double> Scalars { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The parameters by path: filters [K, C, R, S] (OIHW), linear weights [out, in], biases and scales [n].</summary>
    public TensorSet Parameters { get; init; } = TensorSet.Empty;

    /// <summary>The state of the optimizer, momentum by the names of parameters, Adam's second moments as <c>second-moment/…</c>; in the file the names begin with <c>optimizer/</c>.</summary>
    public TensorSet OptimizerState { get; init; } = TensorSet.Empty;

    /// <summary>
    /// Whether the file is not Msr's: weights that another program wrote. Then all its tensors are <see cref="Parameters"/>, and nothing says
    /// which model they belong to: a program may write them into an executable, but no run can resume from them.
    /// </summary>
    public bool IsForeign { get; init; }

    /// <summary>The file this was loaded from, for messages.</summary>
    public string Origin { get; init; } = "checkpoint";

    /// <summary>Checks that the parameters are those of a model: the same names, in any order, with the same shapes.</summary>
    /// <param name="model">The name of the model, for messages.</param>
    /// <param name="expected">The paths and shapes of the model's parameters, filters as [K, C, R, S].</param>
    /// <exception cref="CheckpointException">They are not; the message names the first that differs.</exception>
    public void RequireParameters(string model, IEnumerable<KeyValuePair<string, Shape>> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((string name, Shape shape) in expected)
        {
            string quoted = CheckpointException.Quote(name);
            if (!Parameters.TryGet(name, out CheckpointTensor? tensor))
            {
                throw Mismatch(model, $"has no parameter {quoted}, which the model {model} needs with shape {shape}");
            }

            if (!tensor.Shape.SequenceEqual(shape.Extents.Select(extent => (long)extent)))
            {
                string got = CheckpointTensor.Text(tensor.Shape);
                throw Mismatch(model, $"parameter {quoted} has shape {got}, and the model {model} needs {shape}");
            }

            names.Add(name);
        }

        if (Parameters.FirstOrDefault(tensor => !names.Contains(tensor.Name)) is { } extra)
        {
            throw Mismatch(model, $"has a parameter {extra}, which the model {model} does not have");
        }
    }

    private CheckpointException Mismatch(string model, string problem)
    {
        string advice = Model.Length == 0 ? "name the model it was written for"
            : Model == model ? "it was written with another --width, --shortcut or --method"
            : $"it was written for {Model}, name that model";
        return new CheckpointException(CheckpointFault.Mismatch, Origin, $"{problem}; {advice}");
    }
}
