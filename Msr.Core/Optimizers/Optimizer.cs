using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// An optimizer as data: the states that it keeps for every trained parameter, the numbers that it needs anew in every step, and the ops that it
/// emits. Everything else (plans, checkpoints, executables, the kit) reads these declarations and knows no optimizer by its name.
/// </summary>
/// <remarks>
/// An <see cref="UpdateRule"/> frames it: project, clip, <see cref="Direct"/>, project again where it emitted anything, anchor, <see cref="Step"/>.
/// A new optimizer is a file in this room and a line of the table in OptimizerKind.cs.
/// </remarks>
public abstract record Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>Weight decay, from 0.</summary>
    public abstract double WeightDecay { get; init; }

    /// <summary>Whether biases, scales and normalisations decay too, not only kernels and linear weights.</summary>
    public abstract bool DecaysEverything { get; init; }

    /// <summary>The states that it keeps for every trained parameter: zero before the first step, saved in checkpoints by their prefixes.</summary>
    public abstract ImmutableArray<ParameterPart> State { get; }

    /// <summary>The numbers that its ops need anew in every step, in the order in which they lie in device memory.</summary>
    internal abstract ImmutableArray<PlanScalar> Scalars { get; }

    /// <summary>The learning rate, as a scalar of a plan.</summary>
    private protected static PlanScalar Rate { get; } = new("rate", static step => step.LearningRate);

    /// <summary>The constants of the step by which parameters move in the end.</summary>
    /// <param name="group">The parameters.</param>
    public abstract SgdSettings SettingsOf(UpdateGroup group);

    /// <summary>
    /// Two correct runs may differ by this in the direction of a step, in L2, beside their own rounding, because their gradients differ by what is
    /// allowed: 0 where the direction is linear in the gradient.
    /// </summary>
    /// <param name="step">The index of the step, from 0.</param>
    /// <param name="before">The states of one parameter before the step.</param>
    /// <param name="after">Its states after it.</param>
    /// <param name="allowed">The allowed error of a state after the step, relative to it in L2.</param>
    public virtual double Spread(long step, Func<ParameterPart, double[]> before, Func<ParameterPart, double[]> after, Func<ParameterPart, double> allowed) => 0;

    /// <summary>Emits the ops that make directions of the clipped gradients, over the gradients themselves; none where a gradient is its own direction.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="blocks">The parameters with their gradients and states.</param>
    /// <param name="ports">The scalars of the step.</param>
    internal virtual IEnumerable<Op<T>> Direct<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [];

    /// <summary>Emits the ops that move the parameters along their directions.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="blocks">The parameters with their gradients and states.</param>
    /// <param name="ports">The scalars of the step.</param>
    internal abstract IEnumerable<Op<T>> Step<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>One <see cref="SgdStep{T}"/> for every group of parameters that are treated alike.</summary>
    /// <param name="blocks">The parameters.</param>
    /// <param name="ports">The scalars of the step.</param>
    /// <param name="momentum">The state that is the momentum of the step.</param>
    /// <param name="gain">The scalar that weighs the gradient in it.</param>
    private protected IEnumerable<Op<T>> Descend<T>(ParameterBlocks<T> blocks, PlanPorts<T> ports, ParameterPart momentum, PlanScalar gain)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => blocks.Groups.Select(run => new SgdStep<T>(
            run.Tensor(ParameterPart.Value),
            run.Tensor(ParameterPart.Gradient),
            run.Tensor(momentum),
            ports.Scalar(Rate.Name),
            ports.Scalar(gain.Name),
            SettingsOf(run.Group)));
}
