using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Cli.Benchmarks;

/// <summary>Tensors of a backend with the contents that a case draws, for ops that are timed. Ops that name one operand share it.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">The backend.</param>
internal sealed class BenchOperands<T>(IBackend<T> backend) : IOperands<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<string, TensorRef<T>> _reals = new(StringComparer.Ordinal);
    private readonly List<DeviceMemory> _memory = [];

    /// <inheritdoc/>
    public TensorRef<T> Real(string name, Shape shape)
    {
        if (!_reals.TryGetValue(name, out TensorRef<T> tensor))
        {
            _reals[name] = tensor = New<T>(shape);
        }

        return tensor;
    }

    /// <inheritdoc/>
    public TensorRef<int> Integer(string name, Shape shape) => New<int>(shape);

    /// <summary>The op of a case, ready to run.</summary>
    /// <param name="opCase">A case whose operands are all of real numbers.</param>
    public Op<T> Build(OpCase opCase)
    {
        Op<T> op = opCase.Build(this);
        foreach ((string name, double[] values) in opCase.Data.Reals)
        {
            backend.Upload(Array.ConvertAll(values, T.CreateChecked), _reals[name]);
        }

        return op;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.ForEach(static block => block.Dispose());

    private TensorRef<E> New<E>(Shape shape)
        where E : unmanaged
    {
        DeviceMemory<E> block = backend.Allocate<E>(shape.Length);
        _memory.Add(block);
        return block.View(0, shape);
    }
}
