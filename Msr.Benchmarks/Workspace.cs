using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;

namespace Msr.Benchmarks;

/// <summary>The CPU backend with tensors of random numbers between -1 and 1 for ops that are timed.</summary>
/// <param name="threads">The threads of the backend.</param>
public sealed class Workspace(int threads) : IDisposable
{
    private readonly CpuBackend<float> _backend = new(threads);
    private readonly List<DeviceMemory> _memory = [];

    /// <summary>A tensor, with numbers of its own.</summary>
    /// <param name="shape">Its shape.</param>
    public TensorRef<float> Tensor(Shape shape)
    {
        RandomStream stream = new RandomStream(1).Split((ulong)_memory.Count);
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((2 * stream.Uniform((ulong)i)) - 1);
        }

        return Tensor(shape, values);
    }

    /// <summary>A tensor of one element.</summary>
    /// <param name="value">The element.</param>
    public TensorRef<float> Scalar(float value) => Tensor(new Shape(1), [value]);

    /// <summary>Runs an op.</summary>
    /// <param name="op">The op, on tensors of this.</param>
    public void Run(Op<float> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        _backend.Run(op);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.ForEach(static block => block.Dispose());
        _backend.Dispose();
    }

    private TensorRef<float> Tensor(Shape shape, float[] values)
    {
        DeviceMemory<float> block = _backend.Allocate<float>(values.Length);
        _memory.Add(block);
        TensorRef<float> tensor = new(block, 0, shape);
        _backend.Upload(values, tensor);
        return tensor;
    }
}
