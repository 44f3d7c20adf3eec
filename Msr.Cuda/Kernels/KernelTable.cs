using System.Collections.Immutable;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Kernels;

/// <summary>All kernels of a loaded module, found by name once.</summary>
internal sealed class KernelTable
{
    private readonly CudaFunction[] _functions;

    /// <summary>Finds all kernels.</summary>
    /// <param name="module">The loaded native/kernels.ptx, which must outlive the table.</param>
    /// <exception cref="CudaException">The module has not one of them: it is not the text that belongs to this assembly.</exception>
    public KernelTable(CudaModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _functions = new CudaFunction[Signatures.Length];
        foreach (KernelSignature signature in Signatures)
        {
            _functions[(int)signature.Kernel] = module.Function(signature.Name);
        }
    }

    /// <summary>Every kernel with its parameters, one for each member of <see cref="Kernel"/>, in its order.</summary>
    public static ImmutableArray<KernelSignature> Signatures { get; } =
    [
        new(Kernel.Fill, "fill", "puf"),
        new(Kernel.Copy, "copy", "ppuu"),
        new(Kernel.Add, "add", "pppu"),
        new(Kernel.AddRelu, "add_relu", "pppu"),
        new(Kernel.Scale, "scale", "ppu"),
        new(Kernel.ReluForward, "relu_forward", "ppu"),
        new(Kernel.ReluBackward, "relu_backward", "pppuu"),
        new(Kernel.ReluBackwardCopy, "relu_backward_copy", "ppppu"),
        new(Kernel.BiasAdd, "bias_add", "pppuuu"),
        new(Kernel.BiasRelu, "bias_relu", "pppuuu"),
        new(Kernel.ChannelSums, "channel_sums", "ppuuu"),
        new(Kernel.ReluBackwardSums, "relu_backward_sums", "ppppuuuu"),
        new(Kernel.ChannelMoments, "channel_moments", "ppuuu"),
        new(Kernel.BiasGradientTotal, "bias_gradient_total", "ppuuu"),
        new(Kernel.MomentsTotal, "moments_total", "pppuuu"),
        new(Kernel.BatchNormMean, "batch_norm_mean", "ppuuu"),
        new(Kernel.BatchNormDeviations, "batch_norm_deviations", "pppuuu"),
        new(Kernel.BatchNormVariance, "batch_norm_variance", "pppppuuuf"),
        new(Kernel.BatchNormNormalize, "batch_norm_normalize", "ppppppuuuf"),
        new(Kernel.BatchNormProducts, "batch_norm_products", "pppppuuuf"),
        new(Kernel.BatchNormGradients, "batch_norm_gradients", "ppppuu"),
        new(Kernel.BatchNormBackward, "batch_norm_backward", "pppppppuuufu"),
        new(Kernel.MaxPoolForward, "max_pool_forward", "{48}pppu"),
        new(Kernel.MaxPoolBackward, "max_pool_backward", "{48}pppuu"),
        new(Kernel.MeanPoolForward, "mean_pool_forward", "{48}ppu"),
        new(Kernel.MeanPoolBackward, "mean_pool_backward", "{48}ppuu"),
        new(Kernel.ShortcutForward, "shortcut_forward", "{36}ppu"),
        new(Kernel.ShortcutBackward, "shortcut_backward", "{36}ppuu"),
        new(Kernel.Im2Col, "im2col", "{60}ppuu"),
        new(Kernel.Col2Im, "col2im", "{60}ppuuu"),
        new(Kernel.NoiseApply, "noise_apply", "pppppuuuuuup"),
        new(Kernel.LossForward, "loss_forward", "pppuuff"),
        new(Kernel.LossBackward, "loss_backward", "ppppuuff"),
        new(Kernel.CountCorrect, "count_correct", "pppuu"),
        new(Kernel.CountTotal, "count_total", "ppu"),
        new(Kernel.SquaredNorms, "squared_norms", "ppuuuu"),
        new(Kernel.NormsTotal, "norms_total", "ppuu"),
        new(Kernel.FilterScaleForward, "filter_scale_forward", "pppuu"),
        new(Kernel.FilterScaleBackward, "filter_scale_backward", "pppppuu"),
        new(Kernel.NormAnchor, "norm_anchor", "ppuuf"),
        new(Kernel.ClipFactor, "clip_factor", "ppf"),
        new(Kernel.IsoclineProject, "isocline_project", "puuuf"),
        new(Kernel.SgdStep, "sgd_step", "pppppufffu"),
        new(Kernel.SgdStepProjected, "sgd_step_projected", "pppppuuuffffuu"),
        new(Kernel.AdamDirection, "adam_direction", "pppppufffff"),
    ];

    /// <summary>The function of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    public CudaFunction this[Kernel kernel] => _functions[(int)kernel];
}
