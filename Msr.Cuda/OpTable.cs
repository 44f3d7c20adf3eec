using Msr.Core.Ops;
using Msr.Cuda.Interop;
using Msr.Cuda.Kernels;
using Msr.Cuda.Products;

namespace Msr.Cuda;

/// <summary>
/// The kernel table: one line per op gives its launch, its workspace and its support, and one line per fused pair gives the condition and the launch.
/// A launch is asynchronous and allocates nothing. Operands must lie in CUDA memory of the stream's device.
/// </summary>
internal sealed class OpTable
{
    private readonly Dictionary<Type, Entry> _ops = [];
    private readonly Dictionary<(Type First, Type Second), Pair> _pairs = [];

    /// <summary>Fills the table with the ops of the project's own kernels.</summary>
    /// <param name="launcher">The launcher.</param>
    /// <exception cref="CudaException">The module lacks a kernel: its PTX does not belong to this assembly.</exception>
    public OpTable(KernelLauncher launcher)
    {
        ArgumentNullException.ThrowIfNull(launcher);
        Elementwise = new ElementwiseKernels(launcher);
        Channels = new ChannelKernels(launcher);
        Updates = new UpdateKernels(launcher);
        AddActivations();
        AddNormalisation(new NormalisationKernels(launcher, Channels));
        AddNoise(new NoiseKernels(launcher));
        AddPools(new PoolKernels(launcher));
        AddLoss(new LossKernels(launcher));
        AddParameters(new ParameterKernels(launcher));
    }

    /// <summary>Ops element by element.</summary>
    public ElementwiseKernels Elementwise { get; }

    /// <summary>Biases, moments and their gradients.</summary>
    public ChannelKernels Channels { get; }

    /// <summary>Updates of parameters.</summary>
    public UpdateKernels Updates { get; }

    /// <summary>Adds the ops that cuBLAS and cuDNN run.</summary>
    /// <param name="matrices">Matrix products.</param>
    /// <param name="convolutions">Convolutions.</param>
    public void AddProducts(MatrixProducts matrices, IConvolutions convolutions)
    {
        Add<MatMul<float>>(matrices.Run, algorithm: static _ => "cublas");
        Add<ConvForward<float>>(convolutions.Run, convolutions.Prepare, convolutions.AlgorithmOf);
        Add<ConvBackwardData<float>>(convolutions.Run, convolutions.Prepare, convolutions.AlgorithmOf);
        Add<ConvBackwardFilter<float>>(convolutions.Run, convolutions.Prepare, convolutions.AlgorithmOf);
    }

    /// <summary>Whether <see cref="TryRun"/> runs an op.</summary>
    /// <param name="op">The op.</param>
    public bool Supports(Op<float> op) => _ops.TryGetValue(op.GetType(), out Entry? entry) && entry.Supports(op);

    /// <summary>Chooses algorithms for an op that can be run in several ways.</summary>
    /// <param name="op">The op.</param>
    /// <returns>Bytes of workspace that <see cref="TryRun"/> needs, 0 for most ops. Its contents do not matter.</returns>
    public long Prepare(Op<float> op) => _ops.TryGetValue(op.GetType(), out Entry? entry) ? entry.Workspace(op) : 0;

    /// <summary>The name of the algorithm that runs an op, for reports.</summary>
    /// <param name="op">An op that is supported.</param>
    public string AlgorithmOf(Op<float> op) => _ops.TryGetValue(op.GetType(), out Entry? entry) ? entry.Algorithm(op) : "direct";

    /// <summary>Launches an op that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">
    /// Address of as many bytes as <see cref="Prepare"/> asked for, aligned to 4, that belong to the op until it is done; 0 where none are needed.
    /// </param>
    /// <returns>Whether the op is supported; if not, nothing was launched.</returns>
    /// <exception cref="ArgumentException">The op needs a workspace and was given none.</exception>
    /// <exception cref="NotSupportedException">A tensor has 2³¹ elements or more.</exception>
    /// <exception cref="CudaException">The driver or a library refused.</exception>
    public bool TryRun(Op<float> op, ulong workspace)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (!_ops.TryGetValue(op.GetType(), out Entry? entry) || !entry.Supports(op))
        {
            return false;
        }

        if (workspace == 0 && entry.Workspace(op) is > 0 and long needed)
        {
            throw new ArgumentException($"{op.Name} needs {needed} bytes of workspace and was given none.", nameof(workspace));
        }

        entry.Launch(op, workspace);
        return true;
    }

    /// <summary>Whether an op and the next one can be fused into one pass.</summary>
    /// <param name="first">An op.</param>
    /// <param name="second">The next op.</param>
    public bool RunsTogether(Op<float> first, Op<float> second) =>
        _pairs.TryGetValue((first.GetType(), second.GetType()), out Pair? pair) && pair.Fits(first, second);

    /// <summary>Launches two fused ops, with the bits of running them one after the other.</summary>
    /// <param name="first">An op.</param>
    /// <param name="second">The next op; <see cref="RunsTogether"/> holds for the two.</param>
    /// <param name="workspace">As for <see cref="TryRun"/>, with room for the larger need of the two.</param>
    /// <exception cref="NotSupportedException">There is no kernel for the two, or a tensor has 2³¹ elements or more.</exception>
    /// <exception cref="CudaException">The driver refused the launch.</exception>
    public void RunTogether(Op<float> first, Op<float> second, ulong workspace)
    {
        if (!_pairs.TryGetValue((first.GetType(), second.GetType()), out Pair? pair))
        {
            throw new NotSupportedException($"There is no kernel for {first.Name} and {second.Name} together.");
        }

        pair.Launch(first, second, workspace);
    }

    private void AddActivations()
    {
        Add<Fill<float>>(Elementwise.Fill);
        Add<Copy<float>>(Elementwise.Copy);
        Add<Add<float>>(Elementwise.Add);
        Add<Scale<float>>(Elementwise.Scale);
        Add<ReluForward<float>>(Elementwise.ReluForward);
        Add<ReluBackward<float>>(Elementwise.ReluBackward);
        Add<BiasAdd<float>>(Channels.BiasAdd);
        Add<BiasGradient<float>>(Channels.BiasGradient, ChannelKernels.WorkspaceBytes);
        Add<SegmentMoments<float>>(Channels.SegmentMoments, ChannelKernels.WorkspaceBytes);
        Fuse<Add<float>, ReluForward<float>>(static (add, relu) => relu.X == add.Y && relu.Y == add.Y, Elementwise.AddRelu);
        Fuse<BiasAdd<float>, ReluForward<float>>(static (bias, relu) => relu.X == bias.Y && relu.Y == bias.Y, Channels.BiasRelu);
        Fuse<ReluBackward<float>, Copy<float>>(ElementwiseKernels.CopiesGradient, Elementwise.ReluBackwardCopy);
        Fuse<ReluBackward<float>, BiasGradient<float>>(ChannelKernels.SumsGradient, Channels.ReluBackwardBiasGradient);
    }

    private void AddNormalisation(NormalisationKernels norms)
    {
        Add<BatchNormForward<float>>(norms.BatchNormForward, NormalisationKernels.WorkspaceBytes);
        Add<BatchNormBackward<float>>(norms.BatchNormBackward, NormalisationKernels.WorkspaceBytes);
        Add<BatchNormInference<float>>(norms.BatchNormInference);
    }

    private void AddNoise(NoiseKernels noise) => Add<NoiseApply<float>>(noise.Apply, NoiseKernels.Supports);

    private void AddPools(PoolKernels pools)
    {
        Add<MaxPoolForward<float>>(pools.MaxForward);
        Add<MaxPoolBackward<float>>(pools.MaxBackward);
        Add<MeanPoolForward<float>>(pools.MeanForward);
        Add<MeanPoolBackward<float>>(pools.MeanBackward);
        Add<ShortcutForward<float>>(pools.ShortcutForward);
        Add<ShortcutBackward<float>>(pools.ShortcutBackward);
    }

    private void AddLoss(LossKernels loss)
    {
        Add<LossForward<float>>(loss.Forward);
        Add<LossBackward<float>>(loss.Backward);
        Add<CountCorrect<float>>(loss.CountCorrect, LossKernels.WorkspaceBytes);
    }

    private void AddParameters(ParameterKernels parameters)
    {
        Add<SquaredNorms<float>>(parameters.SquaredNorms, ParameterKernels.WorkspaceBytes);
        Add<NormAnchor<float>>(parameters.NormAnchor);
        Add<ClipFactor<float>>(parameters.ClipFactor);
        Add<FilterScaleForward<float>>(parameters.FilterScaleForward);
        Add<FilterScaleBackward<float>>(parameters.FilterScaleBackward);
        Add<IsoclineProject<float>>(Updates.Project);
        Add<SgdStep<float>>(Updates.SgdStep);
        Add<AdamDirection<float>>(Updates.AdamDirection);
    }

    private void Add<TOp>(Action<TOp> launch, Func<TOp, bool>? supports = null, Func<TOp, string>? algorithm = null)
        where TOp : Op<float> => _ops.Add(
            typeof(TOp),
            new Entry(
                (op, _) => launch((TOp)op),
                static _ => 0,
                supports is null ? static _ => true : op => supports((TOp)op),
                algorithm is null ? static _ => "direct" : op => algorithm((TOp)op)));

    private void Add<TOp>(Action<TOp, ulong> launch, Func<TOp, long> workspace, Func<TOp, string>? algorithm = null)
        where TOp : Op<float> => _ops.Add(
            typeof(TOp),
            new Entry(
                (op, room) => launch((TOp)op, room),
                op => workspace((TOp)op),
                static _ => true,
                algorithm is null ? static _ => "direct" : op => algorithm((TOp)op)));

    private void Fuse<TFirst, TSecond>(Func<TFirst, TSecond, bool> fits, Action<TFirst, TSecond> launch)
        where TFirst : Op<float>
        where TSecond : Op<float> => Fuse(fits, (TFirst first, TSecond second, ulong _) => launch(first, second));

    private void Fuse<TFirst, TSecond>(Func<TFirst, TSecond, bool> fits, Action<TFirst, TSecond, ulong> launch)
        where TFirst : Op<float>
        where TSecond : Op<float> => _pairs.Add(
            (typeof(TFirst), typeof(TSecond)),
            new Pair(
                (first, second) => fits((TFirst)first, (TSecond)second),
                (first, second, workspace) => launch((TFirst)first, (TSecond)second, workspace)));

    private sealed record Entry(
        Action<Op<float>, ulong> Launch, Func<Op<float>, long> Workspace, Func<Op<float>, bool> Supports, Func<Op<float>, string> Algorithm);

    private sealed record Pair(Func<Op<float>, Op<float>, bool> Fits, Action<Op<float>, Op<float>, ulong> Launch);
}
