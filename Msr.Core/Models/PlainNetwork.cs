using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Models;

/// <summary>The residual network of the same depth without its shortcuts: what shows how far a method reaches on its own.</summary>
public static class PlainNetwork
{
    /// <summary>Describes the network of a depth.</summary>
    /// <param name="depth">6n + 2 layers.</param>
    /// <param name="image">The shape of an image, [H, W, C], at least 4×4.</param>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <param name="options">Style and width.</param>
    /// <exception cref="ArgumentException">There is no such depth, or the images are too small.</exception>
    public static Network Create(int depth, Shape image, int classes, ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int blocks = StagedConvolutions.BlocksPerStage("plain", depth);
        ConvolutionStyle style = options.Style;
        return StagedConvolutions.Create($"plain{depth}", image, classes, options, blocks, (channels, stride, _) => new Sequence(
        [
            .. style.BlockInput(),
            style.Convolution(channels, 3, stride, ConvolutionPlace.Block),
            new Relu(),
            style.Convolution(channels, 3, 1, ConvolutionPlace.Block),
            new Relu(),
        ]));
    }
}
