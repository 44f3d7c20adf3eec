using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// Lays a plan's parameters out in flat blocks (values, gradients and every state of the optimizer alike), so that everything which happens to a
/// gradient after the backward pass is one op per group of equal treatment: parameters of one group lie side by side, and kernels of one shape
/// within it. A parameter has the same offset in every block.
/// </summary>
internal sealed class ParameterBlocks<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly UpdateRule _rule;
    private readonly ImmutableArray<(ParameterPart Part, TensorRef<T> Block)> _blocks;
    private readonly Dictionary<DeviceMemory, (DeviceMemory<T> Block, long Offset)> _places = new(ReferenceEqualityComparer.Instance);

    public ParameterBlocks(List<DraftParameter<T>> parameters, UpdateRule rule)
    {
        _rule = rule;
        Trained = [.. parameters.Where(static p => p.Trained)
            .OrderBy(GroupOf).ThenBy(IsProjected).ThenBy(static p => p.Taps).ThenBy(static p => p.Layout.Canonical.Inner)];
        long length = Math.Max(1, Trained.Sum(static p => p.Length));
        ParameterLayout.RequireRoom("All parameters together", length);
        TensorRef<T> NewBlock(string name, BufferRole role) => new PlanBuffer<T>(name, length, role, batched: false).All();
        _blocks =
        [
            (ParameterPart.Value, NewBlock("parameters", BufferRole.Parameter)),
            (ParameterPart.Gradient, NewBlock("gradients", BufferRole.Gradient)),
            .. rule.Optimizer.State.Select(state => (state, NewBlock(state.Name, BufferRole.OptimizerState))),
        ];
        long offset = 0;
        foreach (DraftParameter<T> parameter in Trained)
        {
            _places.Add(parameter.Value.Memory, (Block(ParameterPart.Value).Memory, offset));
            _places.Add(parameter.Gradient.Memory, (Block(ParameterPart.Gradient).Memory, offset));
            offset += parameter.Length;
        }
    }

    /// <summary>The trained parameters in the order of the blocks.</summary>
    public IReadOnlyList<DraftParameter<T>> Trained { get; }

    /// <summary>The parameters by groups: those of one lie side by side.</summary>
    public IEnumerable<ParameterRun<T>> Groups => Runs(Trained, GroupOf);

    /// <summary>All elements of a part.</summary>
    public TensorRef<T> Block(ParameterPart part)
    {
        foreach ((ParameterPart own, TensorRef<T> block) in _blocks)
        {
            if (own == part)
            {
                return block;
            }
        }

        throw new KeyNotFoundException($"The optimizer keeps no {part.Name}.");
    }

    /// <inheritdoc/>
    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        if (!_places.TryGetValue(tensor.Memory, out (DeviceMemory<T> Block, long Offset) place))
        {
            return tensor;
        }

        return ((DeviceMemory<E>)(DeviceMemory)place.Block).View(place.Offset + tensor.Offset, tensor.Shape);
    }

    /// <summary>Whether a parameter's gradient is projected.</summary>
    public bool IsProjected(DraftParameter<T> parameter) => _rule.Isocline.Projects(parameter.Name, parameter.Kind);

    /// <summary>A parameter as the plan shows it.</summary>
    public PlanParameter<T> Describe(DraftParameter<T> parameter) => new(
        parameter.Name,
        parameter.Kind,
        parameter.Layout,
        parameter.Initializer,
        parameter.Trained
            ? [.. _blocks.Select(block => (block.Part, block.Block.Memory.View(Offset(parameter), parameter.Layout.Canonical)))]
            : [(ParameterPart.Value, parameter.Value)],
        IsProjected(parameter));

    /// <summary>Splits parameters into runs that lie side by side and have an equal key.</summary>
    public IEnumerable<ParameterRun<T>> Runs<TKey>(IEnumerable<DraftParameter<T>> parameters, Func<DraftParameter<T>, TKey> keyOf)
    {
        List<DraftParameter<T>> run = [];
        foreach (DraftParameter<T> parameter in parameters)
        {
            bool adjoins = run.Count > 0 && Offset(run[^1]) + run[^1].Length == Offset(parameter) && Equals(keyOf(run[0]), keyOf(parameter));
            if (run.Count > 0 && !adjoins)
            {
                yield return RunOf(run);
                run = [];
            }

            run.Add(parameter);
        }

        if (run.Count > 0)
        {
            yield return RunOf(run);
        }
    }

    private ParameterRun<T> RunOf(List<DraftParameter<T>> parameters) => new(this, parameters, GroupOf(parameters[0]), Offset(parameters[0]));

    private UpdateGroup GroupOf(DraftParameter<T> parameter) => _rule.GroupOf(parameter.Kind);

    private long Offset(DraftParameter<T> parameter) => _places[parameter.Value.Memory].Offset;
}

/// <summary>Parameters that lie side by side.</summary>
/// <param name="Blocks">The blocks that they lie in.</param>
/// <param name="Parameters">The parameters in order.</param>
/// <param name="Group">The group of the first; that of all where runs were made by groups.</param>
/// <param name="Offset">The offset of the first element in every block.</param>
internal sealed record ParameterRun<T>(ParameterBlocks<T> Blocks, IReadOnlyList<DraftParameter<T>> Parameters, UpdateGroup Group, long Offset)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The elements of all parameters together.</summary>
    public int Length { get; } = checked((int)Parameters.Sum(static p => p.Length));

    /// <summary>A part of all parameters, flat.</summary>
    public TensorRef<T> Tensor(ParameterPart part) => Blocks.Block(part).Memory.View(Offset, new Shape(Length));
}
