using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>How an executable's parameters start, and how they go to a checkpoint and come back.</summary>
public static class NetworkParameters
{
    /// <summary>Starts every parameter: drawn on the host in float64, each from its own stream, cast last; equal bits on every backend.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    /// <param name="seed">The seed of the run.</param>
    public static void Initialize<T>(IExecutable<T> executable, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        RandomStream stream = new RandomStream(seed).Split("initialize");
        foreach (PlanParameter<T> parameter in executable.Plan.Parameters)
        {
            double[] values = new double[parameter.Layout.Exchange.Length];
            parameter.Initializer.Fill(values, parameter.Layout, stream.Split(parameter.Name));
            executable.WriteParameter(parameter.Name, ParameterPart.Value, Array.ConvertAll(values, T.CreateChecked));
        }
    }

    /// <summary>The parameters of an executable as tensors of a checkpoint that are read when they are written.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    public static TensorSet ToTensors<T>(IExecutable<T> executable)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        return new TensorSet(executable.Plan.Parameters.Select(parameter => ToTensor(executable, parameter, ParameterPart.Value, parameter.Name)));
    }

    /// <summary>
    /// The state of an executable's optimizer as tensors of a checkpoint that are read when they are written, by the prefixes that it
    /// declares and the names of the parameters.
    /// </summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    public static TensorSet OptimizerToTensors<T>(IExecutable<T> executable)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        return new TensorSet(OptimizerState(executable.Plan).Select(state => ToTensor(executable, state.Parameter, state.Part, state.Name)));
    }

    /// <summary>Whether all parameters and the whole state of the optimizer are finite.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    public static bool AreFinite<T>(IExecutable<T> executable)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        T[] room = new T[executable.Plan.Parameters.Max(static parameter => parameter.Layout.Exchange.Length)];
        return executable.Plan.Parameters.All(parameter => executable.Plan.State.Prepend(ParameterPart.Value).All(part => IsFinite(parameter, part)));

        bool IsFinite(PlanParameter<T> parameter, ParameterPart part)
        {
            if (parameter.Tensor(part) is null)
            {
                return true;
            }

            Span<T> values = room.AsSpan(0, (int)parameter.Layout.Exchange.Length);
            executable.ReadParameter(parameter.Name, part, values);
            foreach (T value in values)
            {
                if (!T.IsFinite(value))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Writes the parameters of a checkpoint into an executable, converted to its precision.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The name of the model, for messages.</param>
    /// <exception cref="CheckpointException">The checkpoint is of another model; the message names the first difference.</exception>
    public static void Load<T>(IExecutable<T> executable, Checkpoint checkpoint, string model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        ArgumentNullException.ThrowIfNull(checkpoint);
        Require(executable.Plan, checkpoint, model);
        foreach (PlanParameter<T> parameter in executable.Plan.Parameters)
        {
            T[] values = new T[parameter.Layout.Exchange.Length];
            checkpoint.Parameters[parameter.Name].ConvertTo<T>(values);
            executable.WriteParameter(parameter.Name, ParameterPart.Value, values);
        }
    }

    /// <summary>Checks that the parameters of a checkpoint are those of a plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The name of the model, for messages.</param>
    /// <exception cref="CheckpointException">They are not; the message names the first difference.</exception>
    public static void Require<T>(Plan<T> plan, Checkpoint checkpoint, string model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(checkpoint);
        checkpoint.RequireParameters(model, plan.Parameters.Select(static p => KeyValuePair.Create(p.Name, p.Layout.Exchange)));
    }

    /// <summary>Checks that a checkpoint holds the optimizer state of a plan, in its shapes and its precision.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It has none for a parameter, or in another shape or precision; the message names the first.</exception>
    public static void RequireOptimizer<T>(Plan<T> plan, Checkpoint checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(checkpoint);
        foreach ((string name, PlanParameter<T> parameter, _) in OptimizerState(plan))
        {
            if (!checkpoint.OptimizerState.TryGet(name, out CheckpointTensor? tensor)
                || tensor.Dtype != DtypeTable.Of<T>()
                || !tensor.Shape.SequenceEqual(parameter.Layout.Exchange.Extents.Select(static extent => (long)extent)))
            {
                string got = tensor is null ? "there is none" : $"it is {DtypeTable.Name(tensor.Dtype)} {CheckpointTensor.Text(tensor.Shape)}";
                string need = $"{DtypeTable.Name(DtypeTable.Of<T>())} {parameter.Layout.Exchange} is needed";
                throw new CheckpointException(
                    CheckpointFault.Mismatch,
                    checkpoint.Origin,
                    $"has no fitting optimizer state '{name}' ({got}, {need}), so it cannot be resumed; "
                    + "take a checkpoint of the same model and precision");
            }
        }
    }

    /// <summary>Writes the optimizer state of a checkpoint into an executable, bit for bit; all of it or nothing.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It has none for a parameter, or in another shape or precision.</exception>
    public static void LoadOptimizer<T>(IExecutable<T> executable, Checkpoint checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        ArgumentNullException.ThrowIfNull(checkpoint);
        RequireOptimizer(executable.Plan, checkpoint);
        foreach ((string name, PlanParameter<T> parameter, ParameterPart part) in OptimizerState(executable.Plan))
        {
            CheckpointTensor tensor = checkpoint.OptimizerState[name];
            T[] values = new T[tensor.Length];
            tensor.CopyTo<T>(values);
            executable.WriteParameter(parameter.Name, part, values);
        }
    }

    private static CheckpointTensor ToTensor<T>(IExecutable<T> executable, PlanParameter<T> parameter, ParameterPart part, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CheckpointTensor.Of<T>(
            name, parameter.Layout.Exchange, destination => executable.ReadParameter(parameter.Name, part, destination));

    private static IEnumerable<(string Name, PlanParameter<T> Parameter, ParameterPart Part)> OptimizerState<T>(Plan<T> plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        from part in plan.State
        from parameter in plan.Parameters
        where parameter.Tensor(part) is not null
        select (part.CheckpointPrefix + parameter.Name, parameter, part);
}
