using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Kernels;

/// <summary>The kernels of one vector width: one line per op, three tables by family.</summary>
internal sealed class KernelSet<S, V, T> : IKernelSet<T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public bool TryRun(KernelContext context, Op<T> op) =>
        TryRunProducts(context, op) || TryRunActivations(context, op) || TryRunParameters(context, op);

    private static bool TryRunProducts(KernelContext context, Op<T> op)
    {
        switch (op)
        {
            case ConvForward<T> conv: Convolution<S, V, T>.Forward(context, conv); return true;
            case ConvBackwardData<T> conv: Convolution<S, V, T>.BackwardData(context, conv); return true;
            case ConvBackwardFilter<T> conv: FilterGradient<S, V, T>.Run(context, conv); return true;
            case MatMul<T> product: MatrixProduct<S, V, T>.Run(context, product); return true;
            default: return false;
        }
    }

    private static bool TryRunActivations(KernelContext context, Op<T> op)
    {
        switch (op)
        {
            case ReluForward<T> relu: ElementwiseOps<S, V, T>.Run(context, relu); return true;
            case ReluBackward<T> relu: ElementwiseOps<S, V, T>.Run(context, relu); return true;
            case BiasAdd<T> bias: BiasOps<S, V, T>.Run(context, bias); return true;
            case BiasGradient<T> bias: BiasOps<S, V, T>.Run(context, bias); return true;
            case Add<T> add: ElementwiseOps<S, V, T>.Run(context, add); return true;
            case Copy<T> copy: ElementwiseOps<S, V, T>.Run(context, copy); return true;
            case ShortcutForward<T> shortcut: Shortcut<S, V, T>.Run(context, shortcut); return true;
            case ShortcutBackward<T> shortcut: Shortcut<S, V, T>.Run(context, shortcut); return true;
            case NoiseApply<T> noise: Noise<S, V, T>.Run(context, noise); return true;
            case SegmentMoments<T> moments: BiasOps<S, V, T>.Run(context, moments); return true;
            case MaxPoolForward<T> pool: MaxPool<S, V, T>.Run(context, pool); return true;
            case MaxPoolBackward<T> pool: MaxPool<S, V, T>.Run(context, pool); return true;
            case MeanPoolForward<T> pool: MeanPool<S, V, T>.Run(context, pool); return true;
            case MeanPoolBackward<T> pool: MeanPool<S, V, T>.Run(context, pool); return true;
            case BatchNormForward<T> norm: BatchNormOps<S, V, T>.Run(context, norm); return true;
            case BatchNormInference<T> norm: BatchNormOps<S, V, T>.Run(context, norm); return true;
            case BatchNormBackward<T> norm: BatchNormOps<S, V, T>.Run(context, norm); return true;
            default: return false;
        }
    }

    private static bool TryRunParameters(KernelContext context, Op<T> op)
    {
        switch (op)
        {
            case Fill<T> fill: ElementwiseOps<S, V, T>.Run(context, fill); return true;
            case Scale<T> scale: ElementwiseOps<S, V, T>.Run(context, scale); return true;
            case IsoclineProject<T> project: FilterOps<S, V, T>.Run(context, project); return true;
            case FilterScaleForward<T> scale: FilterOps<S, V, T>.Run(context, scale); return true;
            case FilterScaleBackward<T> scale: FilterOps<S, V, T>.Run(context, scale); return true;
            case SquaredNorms<T> norms: FilterOps<S, V, T>.Run(context, norms); return true;
            case NormAnchor<T> anchor: FilterOps<S, V, T>.Run(context, anchor); return true;
            case ClipFactor<T> clip: ClipOps<T>.Run(clip); return true;
            case SgdStep<T> step: SgdOps<S, V, T>.Run(context, step); return true;
            case LossForward<T> loss: Loss<T>.Run(context, loss); return true;
            case LossBackward<T> loss: Loss<T>.Run(context, loss); return true;
            case CountCorrect<T> count: Loss<T>.Run(count); return true;
            default: return false;
        }
    }
}
