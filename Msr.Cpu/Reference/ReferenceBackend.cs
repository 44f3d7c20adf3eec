using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Cpu.Reference;

/// <summary>
/// The backend that decides what is right: every op as the loops of its definition, plain C#, one thread, no vectors, no blocking. It
/// accumulates in <typeparamref name="T"/> in the obvious order. In float64 it is the truth that every other backend is judged against.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic: <see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ReferenceBackend<T> : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Opens the backend.</summary>
    /// <exception cref="NotSupportedException">The element type is neither <see cref="float"/> nor <see cref="double"/>.</exception>
    public ReferenceBackend()
    {
        bool single = typeof(T) == typeof(float);
        if (!single && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"The reference computes in float and double, not in {typeof(T).Name}.");
        }

        Info = new BackendInfo(
            single ? "reference" : "reference:f64",
            "definition loops, 1 thread",
            single ? Accuracy.Single : Accuracy.Double,
            BitwiseGuarantees.Repeat | BitwiseGuarantees.ThreadCount | BitwiseGuarantees.Batch,
            VectorBits: 0);
    }

    /// <inheritdoc/>
    public BackendInfo Info { get; }

    /// <inheritdoc/>
    public bool Supports(Op<T> op) => op
        is Fill<T> or Copy<T> or Add<T> or Scale<T> or BiasAdd<T> or BiasGradient<T> or ReluForward<T> or ReluBackward<T>
        or ConvForward<T> or ConvBackwardData<T> or ConvBackwardFilter<T> or MatMul<T>
        or MaxPoolForward<T> or MaxPoolBackward<T> or MeanPoolForward<T> or MeanPoolBackward<T>
        or ShortcutForward<T> or ShortcutBackward<T> or NoiseApply<T>
        or BatchNormForward<T> or BatchNormBackward<T> or BatchNormInference<T>
        or LossForward<T> or LossBackward<T> or CountCorrect<T> or SegmentMoments<T>
        or FilterScaleForward<T> or FilterScaleBackward<T> or IsoclineProject<T> or NormAnchor<T>
        or SquaredNorms<T> or ClipFactor<T> or SgdStep<T>;

    /// <inheritdoc/>
    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => new HostMemory<E>(length);

    /// <inheritdoc/>
    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => HostMemory<E>.Upload(source, destination);

    /// <inheritdoc/>
    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => HostMemory<E>.Download(source, destination);

    /// <summary>Does nothing: every op is done when <see cref="Run"/> returns.</summary>
    public void Synchronize()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The op is of a kind the reference does not know.</exception>
    public void Run(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        switch (op)
        {
            case Fill<T> fill: ReferenceElementwise.Fill(fill); break;
            case Copy<T> copy: ReferenceElementwise.Copy(copy); break;
            case Add<T> add: ReferenceElementwise.Add(add); break;
            case Scale<T> scale: ReferenceElementwise.Scale(scale); break;
            case BiasAdd<T> bias: ReferenceElementwise.BiasAdd(bias); break;
            case BiasGradient<T> bias: ReferenceReduction.BiasGradient(bias); break;
            case ReluForward<T> relu: ReferenceElementwise.ReluForward(relu); break;
            case ReluBackward<T> relu: ReferenceElementwise.ReluBackward(relu); break;
            case ConvForward<T> conv: ReferenceConvolution.Forward(conv); break;
            case ConvBackwardData<T> conv: ReferenceConvolution.BackwardData(conv); break;
            case ConvBackwardFilter<T> conv: ReferenceConvolution.BackwardFilter(conv); break;
            case MatMul<T> product: ReferenceMatMul.Product(product); break;
            case MaxPoolForward<T> pool: ReferenceMaxPool.Forward(pool); break;
            case MaxPoolBackward<T> pool: ReferenceMaxPool.Backward(pool); break;
            case MeanPoolForward<T> pool: ReferenceMeanPool.Forward(pool); break;
            case MeanPoolBackward<T> pool: ReferenceMeanPool.Backward(pool); break;
            case ShortcutForward<T> shortcut: ReferenceShortcut.Forward(shortcut); break;
            case ShortcutBackward<T> shortcut: ReferenceShortcut.Backward(shortcut); break;
            default: RunTraining(op); break;
        }
    }

    /// <summary>Does nothing: memory belongs to whoever allocated it.</summary>
    public void Dispose()
    {
    }

    private static void RunTraining(Op<T> op)
    {
        switch (op)
        {
            case NoiseApply<T> noise: ReferenceNoise.Apply(noise); break;
            case BatchNormForward<T> norm: ReferenceBatchNorm.Forward(norm); break;
            case BatchNormBackward<T> norm: ReferenceBatchNorm.Backward(norm); break;
            case BatchNormInference<T> norm: ReferenceBatchNorm.Inference(norm); break;
            case LossForward<T> loss: ReferenceLoss.Forward(loss); break;
            case LossBackward<T> loss: ReferenceLoss.Backward(loss); break;
            case CountCorrect<T> count: ReferenceLoss.CountCorrect(count); break;
            case SegmentMoments<T> moments: ReferenceReduction.Moments(moments); break;
            case SquaredNorms<T> norms: ReferenceReduction.SquaredNorms(norms); break;
            case FilterScaleForward<T> scale: ReferenceFilter.ScaleForward(scale); break;
            case FilterScaleBackward<T> scale: ReferenceFilter.ScaleBackward(scale); break;
            case IsoclineProject<T> project: ReferenceFilter.Project(project); break;
            case NormAnchor<T> anchor: ReferenceFilter.Anchor(anchor); break;
            case ClipFactor<T> clip: ReferenceOptimizer.ClipFactor(clip); break;
            case SgdStep<T> step: ReferenceOptimizer.Step(step); break;
            default: throw new NotSupportedException($"The reference does not know the op '{op.Name}'.");
        }
    }
}
