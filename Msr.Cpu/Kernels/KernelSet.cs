using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Channels;
using Msr.Cpu.Convolution;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Loss;
using Msr.Cpu.Normalisation;
using Msr.Cpu.Update;
using Msr.Cpu.Pooling;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>
/// The kernels of one vector width: one line per op, in three tables by family. What would leave half of every vector empty is done by the kernels
/// of a narrower one, where that changes no bits: convolutions, shortcuts and pools, whose outputs are one chain of operations each.
/// </summary>
internal sealed unsafe class KernelSet<S, V, T> : IKernelSet<T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Type, Action<KernelContext, Op<T>>> _kernels = [];
    private readonly IKernelSet<T>? _narrower;

    /// <summary>Fills the tables.</summary>
    /// <param name="narrower">The kernels of half the vector width.</param>
    public KernelSet(IKernelSet<T>? narrower = null)
    {
        _narrower = narrower;
        AddProducts();
        AddActivations();
        AddParameters();
    }

    /// <inheritdoc/>
    public bool Supports(Op<T> op) => TakesEpilogue(op) || _kernels.ContainsKey(op.GetType());

    /// <inheritdoc/>
    public long PreparedLength(KernelContext context, Op<T> op) =>
        Narrower(op) is { } narrower ? narrower.PreparedLength(context, op)
        : Filtering(op) is { } convolution ? Convolution<S, V, T>.PreparedLength(context, convolution) : 0;

    /// <inheritdoc/>
    public void Prepare(KernelContext context, Op<T> op, T* prepared)
    {
        if (Narrower(op) is { } narrower)
        {
            narrower.Prepare(context, op, prepared);
        }
        else
        {
            Convolution<S, V, T>.Prepare(context, Filtering(op)!, prepared);
        }
    }

    /// <inheritdoc/>
    public bool TakesEpilogue(Op<T> op) => Filtering(op) is not null;

    /// <inheritdoc/>
    public bool IsEpilogue(Op<T> op) => EpilogueStep<S, V, T>.Is(op);

    /// <inheritdoc/>
    public bool TryRun(KernelContext context, Op<T> op, T* prepared, ReadOnlySpan<Op<T>> epilogue)
    {
        if (Narrower(op) is { } narrower)
        {
            return narrower.TryRun(context, op, prepared, epilogue);
        }

        EpilogueStep<S, V, T>* steps = stackalloc EpilogueStep<S, V, T>[Epilogue.MostSteps];
        long tables = 0;
        foreach (Op<T> step in epilogue)
        {
            tables += EpilogueStep<S, V, T>.TableLength(step);
        }

        T* table = tables > 0 ? context.Tables.Reserve<T>(tables) : null;
        for (int i = 0; i < epilogue.Length; i++)
        {
            steps[i] = EpilogueStep<S, V, T>.Of(epilogue[i], table);
            table += EpilogueStep<S, V, T>.TableLength(epilogue[i]);
        }

        Epilogue<S, V, T> all = new(steps, epilogue.Length);
        switch (op)
        {
            case ConvolutionOp<T> { Direction: not ConvDirection.BackwardFilter } convolution:
                Convolution<S, V, T>.Run(context, convolution, all, prepared);
                return true;
            default:
                return _kernels.TryGetValue(op.GetType(), out Action<KernelContext, Op<T>>? kernel) && Run(kernel, context, op);
        }
    }

    /// <inheritdoc/>
    public void Add(T* x, T* y, nint length) => RowMath<S, V, T>.Add(x, y, length);

    // Channels that lie side by side in the lanes, for ops that treat each by itself. Where there are all taps too, lanes are full as they are.
    private static int Channels(Op<T> op) => op switch
    {
        ConvolutionOp<T> { Direction: not ConvDirection.BackwardData } conv => conv.Geometry.GroupK,
        ConvolutionOp<T> conv => ConvolutionMethods.IsNarrow(conv.Geometry) ? int.MaxValue : conv.Geometry.GroupC,
        ShortcutForward<T> forward => forward.Geometry.C,
        ShortcutBackward<T> backward => backward.Geometry.C,
        MaxPoolForward<T> forward => forward.Geometry.C,
        MaxPoolBackward<T> backward => backward.Geometry.C,
        MeanPoolForward<T> forward => forward.Geometry.C,
        MeanPoolBackward<T> backward => backward.Geometry.C,
        _ => int.MaxValue,
    };

    // The convolutions that read filters: these can be prepared, and pieces of the result be handed on.
    private static ConvolutionOp<T>? Filtering(Op<T> op) => op is ConvolutionOp<T> { Direction: not ConvDirection.BackwardFilter } conv ? conv : null;

    private static bool Run(Action<KernelContext, Op<T>> kernel, KernelContext context, Op<T> op)
    {
        kernel(context, op);
        return true;
    }

    private IKernelSet<T>? Narrower(Op<T> op) => _narrower is not null && Channels(op) <= S.Count / 2 ? _narrower : null;

    private void Add<TOp>(Action<KernelContext, TOp> kernel)
        where TOp : Op<T> => _kernels.Add(typeof(TOp), (context, op) => kernel(context, (TOp)op));

    private void AddProducts()
    {
        Add<ConvBackwardFilter<T>>(FilterGradient<S, V, T>.Run);
        Add<MatMul<T>>(MatrixProduct<S, V, T>.Run);
    }

    private void AddActivations()
    {
        Add<ReluForward<T>>(ElementwiseOps<S, V, T>.Run);
        Add<ReluBackward<T>>(ElementwiseOps<S, V, T>.Run);
        Add<BiasAdd<T>>(BiasOps<S, V, T>.Run);
        Add<BiasGradient<T>>(BiasOps<S, V, T>.Run);
        Add<Add<T>>(ElementwiseOps<S, V, T>.Run);
        Add<Copy<T>>(ElementwiseOps<S, V, T>.Run);
        Add<ShortcutForward<T>>(Shortcut<S, V, T>.Run);
        Add<ShortcutBackward<T>>(Shortcut<S, V, T>.Run);
        Add<NoiseApply<T>>(Noise<S, V, T>.Run);
        Add<SegmentMoments<T>>(BiasOps<S, V, T>.Run);
        Add<MaxPoolForward<T>>(MaxPool<S, V, T>.Run);
        Add<MaxPoolBackward<T>>(MaxPool<S, V, T>.Run);
        Add<MeanPoolForward<T>>(MeanPool<S, V, T>.Run);
        Add<MeanPoolBackward<T>>(MeanPool<S, V, T>.Run);
        Add<BatchNormForward<T>>(BatchNormOps<S, V, T>.Run);
        Add<BatchNormInference<T>>(BatchNormOps<S, V, T>.Run);
        Add<BatchNormBackward<T>>(BatchNormOps<S, V, T>.Run);
    }

    private void AddParameters()
    {
        Add<Fill<T>>(ElementwiseOps<S, V, T>.Run);
        Add<Scale<T>>(ElementwiseOps<S, V, T>.Run);
        Add<FilterScaleForward<T>>(FilterOps<S, V, T>.Run);
        Add<FilterScaleBackward<T>>(FilterOps<S, V, T>.Run);
        Add<SquaredNorms<T>>(FilterOps<S, V, T>.Run);
        Add<NormAnchor<T>>(FilterOps<S, V, T>.Run);
        Add<IsoclineProject<T>>(ProjectionOps<S, V, T>.Run);
        Add<ClipFactor<T>>(static (_, op) => ClipOps<T>.Run(op));
        Add<SgdStep<T>>(SgdOps<S, V, T>.Run);
        Add<AdamDirection<T>>(AdamOps<S, V, T>.Run);
        Add<LossForward<T>>(Loss<T>.Run);
        Add<LossBackward<T>>(Loss<T>.Run);
        Add<CountCorrect<T>>(static (_, op) => Loss<T>.Run(op));
    }
}
