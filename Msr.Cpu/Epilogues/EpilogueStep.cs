using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cpu.Channels;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Epilogues;

/// <summary>An op that treats every element by itself, run on a piece of its tensors while another op has just made it.</summary>
internal unsafe struct EpilogueStep<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Kind _kind;
    private T* _a;
    private T* _b;
    private T* _y;
    private int _channels;
    private nint _plane;

    private enum Kind
    {
        Bias,
        Noise,
        Shift,
        Sum,
        Copy,
        Relu,
        Gate,
        AddedGate,
    }

    /// <summary>Whether an op can be a step. Constants of channels can where vectors meet whole pixels.</summary>
    public static bool Is(Op<T> op) => op is Add<T> or Copy<T> or ReluForward<T> or ReluBackward<T>
        || (op is BiasAdd<T> bias && bias.X.Shape.Inner % S.Count == 0)
        || (op is NoiseApply<T> noise && noise.X.Shape.Inner % S.Count == 0);

    /// <summary>Elements of working memory that the step of an op needs.</summary>
    public static long TableLength(Op<T> op) => op is NoiseApply<T> noise ? (long)noise.X.Shape[0] * noise.X.Shape.Inner : 0;

    /// <summary>The step of an op, with the scalars at hand.</summary>
    /// <param name="op">The op.</param>
    /// <param name="table">Room for <see cref="TableLength"/> elements.</param>
    public static EpilogueStep<S, V, T> Of(Op<T> op, T* table) => op switch
    {
        NoiseApply<T> noise => Of(noise, table),
        BiasAdd<T> bias => new() { _kind = Kind.Bias, _a = At(bias.X), _b = At(bias.B), _y = At(bias.Y), _channels = bias.X.Shape.Inner },
        Add<T> add => new() { _kind = Kind.Sum, _a = At(add.A), _b = At(add.B), _y = At(add.Y) },
        Copy<T> { Accumulate: true } copy => new() { _kind = Kind.Sum, _a = At(copy.Y), _b = At(copy.X), _y = At(copy.Y) },
        Copy<T> copy => new() { _kind = Kind.Copy, _a = At(copy.X), _y = At(copy.Y) },
        ReluForward<T> relu => new() { _kind = Kind.Relu, _a = At(relu.X), _y = At(relu.Y) },
        ReluBackward<T> gate => new() { _kind = gate.Accumulate ? Kind.AddedGate : Kind.Gate, _a = At(gate.Y), _b = At(gate.Dy), _y = At(gate.Dx) },
        _ => throw new ArgumentException($"{op.Name} is no op of single elements.", nameof(op)),
    };

    /// <summary>Whether it rectifies a tensor in place.</summary>
    public readonly bool IsRelu(T* y) => _kind == Kind.Relu && _a == y && _y == y;

    /// <summary>Whether it adds another tensor to a tensor.</summary>
    public readonly bool AddsTo(T* y, out T* other)
    {
        other = _a == y ? _b : _a;
        return _kind == Kind.Sum && _y == y && (_a == y) != (_b == y);
    }

    /// <summary>Whether it leaves a tensor only where another one is positive.</summary>
    public readonly bool Gates(T* y, out T* other)
    {
        other = _a;
        return _kind == Kind.Gate && _b == y && _y == y && _a != y;
    }

    /// <summary>Runs it on some elements: whole pixels of one sample, where the tensors have such.</summary>
    public readonly void Run(nint begin, nint end)
    {
        switch (_kind)
        {
            case Kind.Bias:
                Add(_b, begin, end);
                break;
            case Kind.Shift:
                Add(_b + (begin / _plane * _channels), begin, end);
                break;
            case Kind.Noise:
                Multiply(_b + (begin / _plane * _channels), begin, end);
                break;
            case Kind.Sum:
                Elementwise<S, V, T>.Range(default(ElementwiseOps<S, V, T>.Sum), _a, _b, _y, begin, end);
                break;
            case Kind.Copy:
                Elementwise<S, V, T>.Range(default(ElementwiseOps<S, V, T>.Same), _a, _y, begin, end);
                break;
            case Kind.Relu:
                Elementwise<S, V, T>.Range(default(ElementwiseOps<S, V, T>.Relu), _a, _y, begin, end);
                break;
            case Kind.Gate:
                Elementwise<S, V, T>.Range(default(ElementwiseOps<S, V, T>.Gate), _a, _b, _y, begin, end);
                break;
            default:
                Elementwise<S, V, T>.Range(default(ElementwiseOps<S, V, T>.GateAdded), _a, _b, _y, _y, begin, end);
                break;
        }
    }

    private static T* At(TensorRef<T> tensor) => HostMemory<T>.PointerTo(tensor);

    private static EpilogueStep<S, V, T> Of(NoiseApply<T> op, T* table)
    {
        EpilogueStep<S, V, T> step = new() { _kind = Kind.Copy, _a = At(op.X), _y = At(op.Y) };
        if (Noise<S, V, T>.Draw(op, table))
        {
            step._kind = op.Settings.Distribution == NoiseDistribution.Shift ? Kind.Shift : Kind.Noise;
            step._b = table;
            (step._channels, step._plane) = (op.X.Shape.Inner, (nint)(op.X.Length / op.X.Shape[0]));
        }

        return step;
    }

    private readonly void Add(T* constants, nint begin, nint end)
    {
        for (nint pixel = begin; pixel < end; pixel += _channels)
        {
            for (nint c = 0; c < _channels; c += S.Count)
            {
                S.Store(S.Add(S.Load(_a + pixel + c), S.Load(constants + c)), _y + pixel + c);
            }
        }
    }

    private readonly void Multiply(T* constants, nint begin, nint end)
    {
        for (nint pixel = begin; pixel < end; pixel += _channels)
        {
            for (nint c = 0; c < _channels; c += S.Count)
            {
                S.Store(S.Multiply(S.Load(_a + pixel + c), S.Load(constants + c)), _y + pixel + c);
            }
        }
    }
}
