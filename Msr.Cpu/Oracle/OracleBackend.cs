using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.Intrinsics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>
/// The oracle: every op of the contract in a few calls of TensorPrimitives, on one thread. It is judged by all laws against the definition loops
/// of <see cref="Reference.ReferenceBackend{T}"/>, and in float64 it is the truth for cases that are too large for loops. It has no state of its
/// own: any number of threads may run ops at once.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic: <see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class OracleBackend<T> : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Type, Action<Op<T>, Workspace>> _table = [];
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <summary>Opens the backend.</summary>
    /// <exception cref="NotSupportedException">The element type is neither <see cref="float"/> nor <see cref="double"/>.</exception>
    public OracleBackend()
    {
        bool single = typeof(T) == typeof(float);
        if (!single && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"The oracle computes in float and double, not in {typeof(T).Name}.");
        }

        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        Info = new BackendInfo(
            single ? "oracle" : "oracle:f64",
            $"TensorPrimitives ({(bits == 0 ? "no vectors" : $"{bits} bits")}), 1 thread",
            single ? Accuracy.Single : Accuracy.Double,
            BitwiseGuarantees.Repeat | BitwiseGuarantees.ThreadCount | BitwiseGuarantees.Batch,
            VectorBits: bits,
            Threads: 1);
        AddLayers();
        AddTraining();
    }

    /// <inheritdoc/>
    public BackendInfo Info { get; }

    /// <inheritdoc/>
    public bool Supports(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return _table.ContainsKey(op.GetType());
    }

    /// <inheritdoc/>
    public string AlgorithmOf(Op<T> op) => "planes";

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
    /// <exception cref="NotSupportedException">The op is of a kind the oracle does not know.</exception>
    public void Run(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (!_table.TryGetValue(op.GetType(), out Action<Op<T>, Workspace>? run))
        {
            throw new NotSupportedException($"The oracle does not know the op '{op.Name}'.");
        }

        Workspace workspace = _workspaces.TryTake(out Workspace? kept) ? kept : new Workspace();
        try
        {
            run(op, workspace);
        }
        finally
        {
            workspace.Release();
            _workspaces.Add(workspace);
        }

        // As long as spans point into memory, the op that names it is alive.
        GC.KeepAlive(op);
    }

    /// <summary>Does nothing: memory belongs to whoever allocated it.</summary>
    public void Dispose()
    {
    }

    private void Add<TOp>(Action<TOp, Workspace> run)
        where TOp : Op<T> => _table.Add(typeof(TOp), (op, workspace) => run((TOp)op, workspace));

    private void Add<TOp>(Action<TOp> run)
        where TOp : Op<T> => _table.Add(typeof(TOp), (op, _) => run((TOp)op));

    private void AddLayers()
    {
        Add<Fill<T>>(OracleElementwise.Fill);
        Add<Copy<T>>(OracleElementwise.Copy);
        Add<Add<T>>(OracleElementwise.Add);
        Add<Scale<T>>(OracleElementwise.Scale);
        Add<ReluForward<T>>(OracleElementwise.ReluForward);
        Add<ReluBackward<T>>(OracleElementwise.ReluBackward);
        Add<BiasAdd<T>>(OracleChannels.BiasAdd);
        Add<BiasGradient<T>>(OracleChannels.BiasGradient);
        Add<SegmentMoments<T>>(OracleChannels.Moments);
        Add<NoiseApply<T>>(OracleNoise.Apply);
        Add<ConvForward<T>>(OracleConvolution.Forward);
        Add<ConvBackwardData<T>>(OracleConvolution.BackwardData);
        Add<ConvBackwardFilter<T>>(OracleConvolution.BackwardFilter);
        Add<MatMul<T>>(OracleMatMul.Product);
        Add<MaxPoolForward<T>>(OraclePooling.MaxForward);
        Add<MaxPoolBackward<T>>(OraclePooling.MaxBackward);
        Add<MeanPoolForward<T>>(OraclePooling.MeanForward);
        Add<MeanPoolBackward<T>>(OraclePooling.MeanBackward);
        Add<ShortcutForward<T>>(OraclePooling.ShortcutForward);
        Add<ShortcutBackward<T>>(OraclePooling.ShortcutBackward);
    }

    private void AddTraining()
    {
        Add<BatchNormForward<T>>(OracleBatchNorm.Forward);
        Add<BatchNormBackward<T>>(OracleBatchNorm.Backward);
        Add<BatchNormInference<T>>(OracleBatchNorm.Inference);
        Add<LossForward<T>>(OracleLoss.Forward);
        Add<LossBackward<T>>(OracleLoss.Backward);
        Add<CountCorrect<T>>(OracleLoss.CountCorrect);
        Add<SquaredNorms<T>>(OracleFilters.SquaredNorms);
        Add<FilterScaleForward<T>>(OracleFilters.ScaleForward);
        Add<FilterScaleBackward<T>>(OracleFilters.ScaleBackward);
        Add<IsoclineProject<T>>(OracleFilters.Project);
        Add<NormAnchor<T>>(OracleFilters.Anchor);
        Add<ClipFactor<T>>(OracleUpdates.ClipFactor);
        Add<SgdStep<T>>(OracleUpdates.Step);
        Add<AdamDirection<T>>(OracleUpdates.Direction);
    }
}
