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

/// <summary>The skeleton of residual and plain networks: a stem, three stages of equal blocks, a head.</summary>
internal static class StagedConvolutions
{
    private const int Stages = 3;

    // The largest 6n + 2 of a size that anybody has trained; a description beyond it would fill the memory before anything is refused.
    private const int Deepest = 2_000;

    public static int BlocksPerStage(string family, int depth) => depth is >= 8 and <= Deepest && depth % 6 == 2
        ? (depth - 2) / 6
        : throw new ArgumentException($"There is no {family}{depth}: the depth must be 6n + 2 from 8 to {Deepest}, such as 8, 14, 20, 32, 44, 56 or 110.", nameof(depth));

    /// <summary>Describes a network whose blocks are made from their channels, their stride and the channels they are fed.</summary>
    public static Network Create(
        string name, Shape image, int classes, ModelOptions options, int blocks, Func<int, int, int, Layer> block)
    {
        if (image.Rank != 3 || Math.Min(image[0], image[1]) < 4)
        {
            throw new ArgumentException($"'{name}' needs images [H, W, C] of at least 4x4 pixels; got {image}.", nameof(image));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, 1);
        List<Layer> layers = [options.Style.Convolution(options.Width, 3, 1, ConvolutionPlace.Stem, "stem"), new Relu()];
        int channels = options.Width;
        for (int stage = 0; stage < Stages; stage++)
        {
            List<Layer> members = [];
            for (int index = 0; index < blocks; index++)
            {
                int width = options.Width << stage;
                members.Add(block(width, stage > 0 && index == 0 ? 2 : 1, channels) with { Name = $"block{index + 1}" });
                channels = width;
            }

            layers.Add(new Sequence([.. members]) { Name = $"stage{stage + 1}" });
        }

        return new Network(name, image, classes, new Sequence([.. layers, new MeanPool(), new Linear(classes) { Name = "head" }]));
    }
}
