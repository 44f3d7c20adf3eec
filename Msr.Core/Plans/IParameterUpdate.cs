using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>The places of a plan's parameters and the ops on their gradients after the backward pass; as a map, it sends the drafts there.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal interface IParameterUpdate<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The states that the optimizer keeps for every trained parameter.</summary>
    ImmutableArray<ParameterPart> State { get; }

    /// <summary>Run before the first batch of an optimizer step.</summary>
    ImmutableArray<Op<T>> Begin();

    /// <summary>Run after the last batch of an optimizer step.</summary>
    /// <param name="ports">Where the scalars of the step lie.</param>
    ImmutableArray<Op<T>> Update(PlanPorts<T> ports);

    /// <summary>Projects the kernels that are held on the isocline onto it again.</summary>
    ImmutableArray<Op<T>> Recentre();

    /// <summary>The parameters, in the order of the network.</summary>
    ImmutableArray<PlanParameter<T>> Parameters();
}
