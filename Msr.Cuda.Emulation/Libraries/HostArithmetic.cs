using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>
/// The arithmetic of the emulated libraries: the CPU backend on one thread, opened at its first use, and three tensors of host memory that grow as
/// needed.
/// </summary>
internal sealed class HostArithmetic : IDisposable
{
    private const int Tensors = 3;
    private const int DroppedBits = 13;

    private readonly HostMemory<float>?[] _memory = new HostMemory<float>?[Tensors];
    private CpuBackend<float>? _backend;

    /// <summary>One of the tensors, its contents undefined. It is valid until the same one is asked for again.</summary>
    /// <param name="index">Which: 0, 1 or 2.</param>
    /// <param name="shape">Its shape.</param>
    public TensorRef<float> Tensor(int index, Shape shape)
    {
        HostMemory<float>? memory = _memory[index];
        if (memory is null || memory.Length < shape.Length)
        {
            memory?.Dispose();
            _memory[index] = memory = new HostMemory<float>(Math.Max(shape.Length, 1024));
        }

        return memory.View(0, shape);
    }

    /// <summary>The elements of a tensor.</summary>
    /// <param name="tensor">One of the tensors.</param>
    public static Span<float> SpanOf(TensorRef<float> tensor) => HostMemory<float>.SpanOf(tensor);

    /// <summary>Runs an op on the tensors.</summary>
    /// <param name="op">The op.</param>
    public void Run(Op<float> op)
    {
        _backend ??= new CpuBackend<float>(1, convolutions: ConvolutionAlgorithm.Direct);
        _backend.Run(op);
    }

    /// <summary>destination = alpha·computed + beta·destination, where beta = 0 does not read the destination.</summary>
    /// <param name="computed">The computed elements.</param>
    /// <param name="alpha">Its factor.</param>
    /// <param name="beta">The destination's factor.</param>
    /// <param name="destination">As many elements.</param>
    public static void Blend(ReadOnlySpan<float> computed, float alpha, float beta, Span<float> destination)
    {
        for (int i = 0; i < computed.Length; i++)
        {
            float scaled = alpha * computed[i];
            destination[i] = beta == 0 ? scaled : MathF.FusedMultiplyAdd(beta, destination[i], scaled);
        }
    }

    /// <summary>Copies device bytes into elements, rounded to TF32 (10 bits of mantissa, ties to even) where that is allowed.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">As many elements.</param>
    /// <param name="roundsToTf32">Whether to round.</param>
    public static void Load(ReadOnlySpan<byte> source, Span<float> destination, bool roundsToTf32)
    {
        MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
        if (!roundsToTf32)
        {
            return;
        }

        foreach (ref float element in destination)
        {
            if (float.IsFinite(element))
            {
                uint bits = Unsafe.BitCast<float, uint>(element);
                uint rounded = bits + ((1u << (DroppedBits - 1)) - 1) + ((bits >> DroppedBits) & 1);
                element = Unsafe.BitCast<uint, float>(rounded & ~((1u << DroppedBits) - 1));
            }
        }
    }

    /// <summary>Disposes of the backend and frees the tensors.</summary>
    public void Dispose()
    {
        _backend?.Dispose();
        foreach (HostMemory<float>? memory in _memory)
        {
            memory?.Dispose();
        }
    }
}
