using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Msr.Core.Checkpoints;

/// <summary>Tensors in a fixed order, each found by its name too. Names are unique.</summary>
public sealed class TensorSet : IReadOnlyList<CheckpointTensor>
{
    private readonly OrderedDictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Collects tensors.</summary>
    /// <param name="tensors">The tensors, in the order in which they are kept.</param>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public TensorSet(params IEnumerable<CheckpointTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (CheckpointTensor tensor in tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw new ArgumentException($"Two tensors are called {CheckpointException.Quote(tensor.Name)}.", nameof(tensors));
            }
        }
    }

    /// <summary>The set without tensors.</summary>
    public static TensorSet Empty { get; } = new();

    /// <summary>The number of tensors.</summary>
    public int Count => _tensors.Count;

    /// <summary>The tensor at a place.</summary>
    /// <param name="index">From 0.</param>
    public CheckpointTensor this[int index] => _tensors.GetAt(index).Value;

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public CheckpointTensor this[string name] => _tensors[name];

    /// <summary>Looks for the tensor of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor, if there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out CheckpointTensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <inheritdoc/>
    public IEnumerator<CheckpointTensor> GetEnumerator() => _tensors.Values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
