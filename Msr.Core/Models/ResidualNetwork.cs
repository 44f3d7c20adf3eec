using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Models;

/// <summary>
/// The residual networks for small images of He et al. 2015: a first convolution, three stages of n blocks of two 3×3 convolutions (widths
/// w, 2w, 4w, halving the extent between stages), global mean pooling and a classifier; 6n + 2 layers. The block is post-activation.
/// </summary>
public static class ResidualNetwork
{
    /// <summary>Describes the network of a depth.</summary>
    /// <param name="depth">6n + 2 layers: 8, 14, 20, 32, 44, 56, 110, …</param>
    /// <param name="image">The shape of an image, [H, W, C], at least 4×4.</param>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <param name="options">Style, shortcut and width.</param>
    /// <exception cref="ArgumentException">There is no such depth, or the images are too small.</exception>
    public static Network Create(int depth, Shape image, int classes, ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int blocks = StagedConvolutions.BlocksPerStage("resnet", depth);
        return StagedConvolutions.Create($"resnet{depth}", image, classes, options, blocks, (channels, stride, cameFrom) =>
            Block(options, channels, stride, cameFrom));
    }

    private static Sequence Block(ModelOptions options, int channels, int stride, int cameFrom)
    {
        ConvolutionStyle style = options.Style;
        Sequence body = new(
        [
            .. style.BlockInput(),
            style.Convolution(channels, 3, stride, ConvolutionPlace.Block),
            new Relu(),
            style.Convolution(channels, 3, 1, ConvolutionPlace.Block),
        ]);
        Layer? skip = stride == 1 && channels == cameFrom ? null : Shortcut(options, channels, stride);
        return new Sequence(new Residual(body, skip), new Relu());
    }

    private static Layer Shortcut(ModelOptions options, int channels, int stride) => options.Shortcut switch
    {
        ShortcutKind.Projection => options.Style.Convolution(channels, 1, stride, ConvolutionPlace.Shortcut),
        _ => new PaddedShortcut(channels, stride, Average: options.Shortcut == ShortcutKind.Averaged),
    };
}
