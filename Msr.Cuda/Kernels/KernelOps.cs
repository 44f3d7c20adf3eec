using Msr.Core.Ops;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Kernels;

/// <summary>
/// Runs ops on the kernels of native/kernels.cu: all but convolutions and the matrix product. An op is launched, not waited for; it allocates
/// nothing. Operands must lie in CUDA memory of the stream's device.
/// </summary>
internal sealed class KernelOps
{
    /// <summary>Brings kernels and stream together.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="stream">The stream that everything runs on, in order.</param>
    public KernelOps(KernelTable kernels, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(stream);
        KernelLauncher launcher = new(kernels, stream);
        Elementwise = new ElementwiseKernels(launcher);
        Channels = new ChannelKernels(launcher);
        BatchNorm = new BatchNormKernels(launcher);
        Pools = new PoolKernels(launcher);
        Unfold = new UnfoldKernels(kernels, stream);
        Noise = new NoiseKernels(launcher);
        Loss = new LossKernels(launcher);
        Parameters = new ParameterKernels(launcher);
        Slices = new SliceKernels(launcher);
        Moments = new MomentKernels(launcher);
    }

    /// <summary>Element by element, with the sum and rectifier in one pass, and the rectifier's gradient with its copy.</summary>
    public ElementwiseKernels Elementwise { get; }

    /// <summary>Biases and moments, with the bias and rectifier in one pass, and their gradients.</summary>
    public ChannelKernels Channels { get; }

    /// <summary>Batch normalisation.</summary>
    public BatchNormKernels BatchNorm { get; }

    /// <summary>Pooling and the parameter-free shortcut.</summary>
    public PoolKernels Pools { get; }

    /// <summary>Unfolding for convolutions as matrix products.</summary>
    public UnfoldKernels Unfold { get; }

    /// <summary>Noise.</summary>
    public NoiseKernels Noise { get; }

    /// <summary>Loss and accuracy.</summary>
    public LossKernels Loss { get; }

    /// <summary>Norms and filter scales.</summary>
    public ParameterKernels Parameters { get; }

    /// <summary>Projection and step, also in one pass.</summary>
    public SliceKernels Slices { get; }

    /// <summary>The direction of Adam.</summary>
    public MomentKernels Moments { get; }

    /// <summary>Whether <see cref="TryRun"/> runs an op.</summary>
    /// <param name="op">The op.</param>
    public static bool Supports(Op<float> op) => op switch
    {
        NoiseApply<float> noise => NoiseKernels.Supports(noise),
        Fill<float> or Copy<float> or Add<float> or Scale<float> or ReluForward<float> or ReluBackward<float> => true,
        BiasAdd<float> or BiasGradient<float> or SegmentMoments<float> => true,
        BatchNormForward<float> or BatchNormBackward<float> or BatchNormInference<float> => true,
        MaxPoolForward<float> or MaxPoolBackward<float> or MeanPoolForward<float> or MeanPoolBackward<float> => true,
        ShortcutForward<float> or ShortcutBackward<float> => true,
        LossForward<float> or LossBackward<float> or CountCorrect<float> => true,
        SquaredNorms<float> or NormAnchor<float> or ClipFactor<float> or FilterScaleForward<float> or FilterScaleBackward<float> => true,
        IsoclineProject<float> or SgdStep<float> or AdamDirection<float> => true,
        _ => false,
    };

    /// <summary>Bytes of workspace that <see cref="TryRun"/> needs for an op, 0 for most. What is in it before does not matter.</summary>
    /// <param name="op">The op.</param>
    public static long WorkspaceBytes(Op<float> op) => op switch
    {
        BiasGradient<float> gradient => ChannelKernels.WorkspaceBytes(gradient),
        SegmentMoments<float> moments => ChannelKernels.WorkspaceBytes(moments),
        BatchNormForward<float> forward => BatchNormKernels.WorkspaceBytes(forward),
        BatchNormBackward<float> backward => BatchNormKernels.WorkspaceBytes(backward),
        CountCorrect<float> count => LossKernels.WorkspaceBytes(count),
        SquaredNorms<float> norms => ParameterKernels.WorkspaceBytes(norms),
        _ => 0,
    };

    /// <summary>Launches an op.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">Address of <see cref="WorkspaceBytes"/> bytes, aligned to 4, that belong to the op until it is done; 0 where none are needed.</param>
    /// <returns>Whether there are kernels for it; if not, nothing was launched.</returns>
    /// <exception cref="ArgumentException">The op needs a workspace and has none.</exception>
    /// <exception cref="NotSupportedException">A tensor has 2³¹ elements or more.</exception>
    /// <exception cref="CudaException">The driver refused a launch.</exception>
    public bool TryRun(Op<float> op, ulong workspace)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (workspace == 0 && WorkspaceBytes(op) > 0)
        {
            throw new ArgumentException($"{op.Name} needs {WorkspaceBytes(op)} bytes of workspace and was given none.", nameof(workspace));
        }

        return TryRunLayer(op, workspace) || TryRunTraining(op, workspace);
    }

    /// <summary>Whether <see cref="RunTogether"/> has one pass for an op and the one that follows it.</summary>
    /// <param name="first">An op.</param>
    /// <param name="second">The next op.</param>
    public static bool RunsTogether(Op<float> first, Op<float> second) => (first, second) switch
    {
        (BiasAdd<float> bias, ReluForward<float> relu) => relu.X == bias.Y && relu.Y == bias.Y,
        (Add<float> add, ReluForward<float> relu) => relu.X == add.Y && relu.Y == add.Y,
        (ReluBackward<float> relu, Copy<float> copy) => ElementwiseKernels.CopiesGradient(relu, copy),
        (ReluBackward<float> relu, BiasGradient<float> bias) => ChannelKernels.SumsGradient(relu, bias),
        (IsoclineProject<float> project, SgdStep<float> step) => SliceKernels.CoverTheSame(project, step),
        _ => false,
    };

    /// <summary>Launches two ops in one pass over memory, with the bits of one after the other.</summary>
    /// <param name="first">An op.</param>
    /// <param name="second">The next op; <see cref="RunsTogether"/> holds for the two.</param>
    /// <param name="workspace">As for <see cref="TryRun"/>, with room for whichever of the two needs more.</param>
    /// <exception cref="NotSupportedException">There is no kernel for the two, or a tensor has 2³¹ elements or more.</exception>
    /// <exception cref="CudaException">The driver refused the launch.</exception>
    public void RunTogether(Op<float> first, Op<float> second, ulong workspace)
    {
        switch (first, second)
        {
            case (BiasAdd<float> bias, ReluForward<float> relu): Channels.BiasRelu(bias, relu); break;
            case (Add<float> add, ReluForward<float> relu): Elementwise.AddRelu(add, relu); break;
            case (ReluBackward<float> relu, Copy<float> copy): Elementwise.ReluBackwardCopy(relu, copy); break;
            case (ReluBackward<float> relu, BiasGradient<float> bias): Channels.ReluBackwardBiasGradient(relu, bias, workspace); break;
            case (IsoclineProject<float> project, SgdStep<float> step): Slices.ProjectedStep(project, step, keepGradient: true); break;
            default: throw new NotSupportedException($"There is no kernel for {first.Name} and {second.Name} together.");
        }
    }

    private bool TryRunLayer(Op<float> op, ulong workspace)
    {
        switch (op)
        {
            case Fill<float> fill: Elementwise.Fill(fill); return true;
            case Copy<float> copy: Elementwise.Copy(copy); return true;
            case Add<float> add: Elementwise.Add(add); return true;
            case Scale<float> scale: Elementwise.Scale(scale); return true;
            case ReluForward<float> relu: Elementwise.ReluForward(relu); return true;
            case ReluBackward<float> relu: Elementwise.ReluBackward(relu); return true;
            case BiasAdd<float> bias: Channels.BiasAdd(bias); return true;
            case BiasGradient<float> bias: Channels.BiasGradient(bias, workspace); return true;
            case MaxPoolForward<float> pool: Pools.MaxForward(pool); return true;
            case MaxPoolBackward<float> pool: Pools.MaxBackward(pool); return true;
            case MeanPoolForward<float> pool: Pools.MeanForward(pool); return true;
            case MeanPoolBackward<float> pool: Pools.MeanBackward(pool); return true;
            case ShortcutForward<float> shortcut: Pools.ShortcutForward(shortcut); return true;
            case ShortcutBackward<float> shortcut: Pools.ShortcutBackward(shortcut); return true;
            default: return false;
        }
    }

    private bool TryRunTraining(Op<float> op, ulong workspace)
    {
        switch (op)
        {
            case NoiseApply<float> noise when NoiseKernels.Supports(noise): Noise.Apply(noise); return true;
            case BatchNormForward<float> norm: BatchNorm.Forward(norm, workspace); return true;
            case BatchNormBackward<float> norm: BatchNorm.Backward(norm, workspace); return true;
            case BatchNormInference<float> norm: BatchNorm.Inference(norm); return true;
            case LossForward<float> loss: Loss.Forward(loss); return true;
            case LossBackward<float> loss: Loss.Backward(loss); return true;
            case CountCorrect<float> count: Loss.CountCorrect(count, workspace); return true;
            case SegmentMoments<float> moments: Channels.SegmentMoments(moments, workspace); return true;
            case SquaredNorms<float> norms: Parameters.SquaredNorms(norms, workspace); return true;
            case FilterScaleForward<float> filter: Parameters.FilterScaleForward(filter); return true;
            case FilterScaleBackward<float> filter: Parameters.FilterScaleBackward(filter); return true;
            case NormAnchor<float> anchor: Parameters.NormAnchor(anchor); return true;
            case ClipFactor<float> clip: Parameters.ClipFactor(clip); return true;
            case IsoclineProject<float> project: Slices.Project(project); return true;
            case SgdStep<float> step: Slices.Step(step); return true;
            case AdamDirection<float> adam: Moments.Direction(adam); return true;
            default: return false;
        }
    }
}
