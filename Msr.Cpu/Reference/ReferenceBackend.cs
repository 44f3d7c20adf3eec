using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>
/// The backend that decides what is right: every op as the loops of its definition, plain C#, one thread, no vectors, no blocking. It
/// accumulates in <typeparamref name="T"/> in the obvious order. In float64 it is the truth that every other backend is judged against.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic: <see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ReferenceBackend<T> : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Type, Action<Op<T>>> _definitions = [];
    private readonly Func<Op<T>, Accuracy> _accuracyOf;

    /// <summary>Opens the backend.</summary>
    /// <param name="accuracyOf">
    /// How accurately another backend runs each op, to stand in for it: convolutions that it transforms are transformed here too, by their matrices,
    /// so that rounding does the same to whole networks. Left out, every op is what its definition says.
    /// </param>
    /// <exception cref="NotSupportedException">The element type is neither <see cref="float"/> nor <see cref="double"/>.</exception>
    public ReferenceBackend(Func<Op<T>, Accuracy>? accuracyOf = null)
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
            VectorBits: 0,
            Threads: 1);
        _accuracyOf = accuracyOf ?? (_ => Info.Accuracy);
        AddLayers();
        AddTraining();
    }

    /// <inheritdoc/>
    public BackendInfo Info { get; }

    /// <inheritdoc/>
    public bool Supports(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return _definitions.ContainsKey(op.GetType());
    }

    /// <inheritdoc/>
    public Accuracy AccuracyOf(Op<T> op) => Info.Accuracy with { WinogradTile = _accuracyOf(op).WinogradTile };

    /// <inheritdoc/>
    public string AlgorithmOf(Op<T> op) => _accuracyOf(op).WinogradTile == 0 ? "definition" : "winograd";

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
        if (!_definitions.TryGetValue(op.GetType(), out Action<Op<T>>? definition))
        {
            throw new NotSupportedException($"The reference does not know the op '{op.Name}'.");
        }

        definition(op);

        // As long as loops work on memory, the op that names it is alive.
        GC.KeepAlive(op);
    }

    /// <summary>Does nothing: memory belongs to whoever allocated it.</summary>
    public void Dispose()
    {
    }

    private void Add<TOp>(Action<TOp> definition)
        where TOp : Op<T> => _definitions.Add(typeof(TOp), op => definition((TOp)op));

    private void AddConvolution<TOp>(Action<TOp> definition, Action<TOp> transformed)
        where TOp : Op<T> => Add<TOp>(op => (_accuracyOf(op).WinogradTile == 0 ? definition : transformed)(op));

    private void AddLayers()
    {
        Add<Fill<T>>(ReferenceElementwise.Fill);
        Add<Copy<T>>(ReferenceElementwise.Copy);
        Add<Add<T>>(ReferenceElementwise.Add);
        Add<Scale<T>>(ReferenceElementwise.Scale);
        Add<BiasAdd<T>>(ReferenceElementwise.BiasAdd);
        Add<BiasGradient<T>>(ReferenceReduction.BiasGradient);
        Add<ReluForward<T>>(ReferenceElementwise.ReluForward);
        Add<ReluBackward<T>>(ReferenceElementwise.ReluBackward);
        AddConvolution<ConvForward<T>>(ReferenceConvolution.Forward, ReferenceWinograd.Forward);
        AddConvolution<ConvBackwardData<T>>(ReferenceConvolution.BackwardData, ReferenceWinograd.BackwardData);
        AddConvolution<ConvBackwardFilter<T>>(ReferenceConvolution.BackwardFilter, ReferenceWinograd.BackwardFilter);
        Add<MatMul<T>>(ReferenceMatMul.Product);
        Add<MaxPoolForward<T>>(ReferenceMaxPool.Forward);
        Add<MaxPoolBackward<T>>(ReferenceMaxPool.Backward);
        Add<MeanPoolForward<T>>(ReferenceMeanPool.Forward);
        Add<MeanPoolBackward<T>>(ReferenceMeanPool.Backward);
        Add<ShortcutForward<T>>(ReferenceShortcut.Forward);
        Add<ShortcutBackward<T>>(ReferenceShortcut.Backward);
    }

    private void AddTraining()
    {
        Add<NoiseApply<T>>(ReferenceNoise.Apply);
        Add<BatchNormForward<T>>(ReferenceBatchNorm.Forward);
        Add<BatchNormBackward<T>>(ReferenceBatchNorm.Backward);
        Add<BatchNormInference<T>>(ReferenceBatchNorm.Inference);
        Add<LossForward<T>>(ReferenceLoss.Forward);
        Add<LossBackward<T>>(ReferenceLoss.Backward);
        Add<CountCorrect<T>>(ReferenceLoss.CountCorrect);
        Add<SegmentMoments<T>>(ReferenceReduction.Moments);
        Add<SquaredNorms<T>>(ReferenceReduction.SquaredNorms);
        Add<FilterScaleForward<T>>(ReferenceFilter.ScaleForward);
        Add<FilterScaleBackward<T>>(ReferenceFilter.ScaleBackward);
        Add<IsoclineProject<T>>(ReferenceFilter.Project);
        Add<NormAnchor<T>>(ReferenceFilter.Anchor);
        Add<ClipFactor<T>>(ReferenceOptimizer.ClipFactor);
        Add<SgdStep<T>>(ReferenceOptimizer.Step);
        Add<AdamDirection<T>>(ReferenceOptimizer.Direction);
    }
}
