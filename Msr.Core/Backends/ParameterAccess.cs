using System.Buffers;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>Reads and writes the parameters of an executable that keeps them in canonical layout on a backend's memory.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">The backend.</param>
/// <param name="plan">The plan.</param>
/// <param name="map">Where the plan's tensors lie.</param>
/// <param name="evaluationOnly">Whether there are neither gradients nor state of an optimizer.</param>
public sealed class ParameterAccess<T>(IBackend<T> backend, Plan<T> plan, ITensorMap map, bool evaluationOnly)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Reads one tensor. Waits.</summary>
    /// <param name="name">The name of a parameter.</param>
    /// <param name="part">Which part of it.</param>
    /// <param name="destination">As many elements as the parameter has, in exchange layout.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter, or it has no such part here.</exception>
    public void Read(string name, ParameterPart part, Span<T> destination)
    {
        T[] rented = ArrayPool<T>.Shared.Rent(destination.Length);
        Span<T> canonical = rented.AsSpan(0, destination.Length);
        backend.Download(Tensor(name, part), canonical);
        plan.Parameter(name).Layout.ToExchange(canonical, destination);
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Writes one tensor.</summary>
    /// <param name="name">The name of a parameter.</param>
    /// <param name="part">Which part of it.</param>
    /// <param name="source">As many elements as the parameter has, in exchange layout.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter, or it has no such part here.</exception>
    public void Write(string name, ParameterPart part, ReadOnlySpan<T> source)
    {
        T[] rented = ArrayPool<T>.Shared.Rent(source.Length);
        Span<T> canonical = rented.AsSpan(0, source.Length);
        plan.Parameter(name).Layout.ToCanonical(source, canonical);
        backend.Upload(canonical, Tensor(name, part));
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Sets the state of the optimizer to zero.</summary>
    public void ClearOptimizer()
    {
        foreach (PlanParameter<T> parameter in plan.Parameters.Where(_ => !evaluationOnly))
        {
            foreach ((_, TensorRef<T> state) in parameter.Tensors.Where(static tensor => tensor.Part.IsState))
            {
                backend.Run(new Fill<T>(map.Map(state), T.Zero));
            }
        }
    }

    private TensorRef<T> Tensor(string name, ParameterPart part)
    {
        if (evaluationOnly && part != ParameterPart.Value)
        {
            throw new KeyNotFoundException($"An executable for evaluation only holds no {part.Name} of '{name}'.");
        }

        return map.Map(plan.Tensor(name, part));
    }
}
