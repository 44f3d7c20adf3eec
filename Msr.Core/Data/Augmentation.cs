using Msr.Core.Numerics;

namespace Msr.Core.Data;

/// <summary>
/// The usual augmentation of small images: a crop of the original size out of the image with a border of zeros, then a mirror image half of
/// the time.
/// </summary>
/// <remarks>
/// The border is zero <i>after</i> standardisation, hence of the mean colour, as in He et al., <i>Deep residual learning</i>, 2015, section
/// 4.2. What happens to an image is a function of (seed, epoch, index of the image) and of nothing else: not of its place in a batch, of
/// the batch size, of prefetching or of threads.
/// </remarks>
/// <param name="Flip">Whether to mirror left and right with probability ½.</param>
/// <param name="CropPadding">The width of the border in pixels, at least 0; the crop moves up to as far each way.</param>
public sealed record Augmentation(bool Flip, int CropPadding)
{
    /// <summary>Images as they are.</summary>
    public static Augmentation None { get; } = new(Flip: false, CropPadding: 0);

    /// <summary>Mirror and crop with a border of four pixels, as is usual for CIFAR-10.</summary>
    public static Augmentation Standard { get; } = new(Flip: true, CropPadding: 4);

    /// <summary>The width of the border in pixels.</summary>
    public int CropPadding { get; init; } =
        CropPadding >= 0
            ? CropPadding
            : throw new ArgumentOutOfRangeException(nameof(CropPadding), CropPadding, "A border is at least 0 wide.");

    /// <summary>Draws what happens to an image in an epoch.</summary>
    /// <param name="epoch">The stream of the epoch: the child of <see cref="Stream"/> by its number.</param>
    /// <param name="sample">The index of the image.</param>
    /// <returns>How far the crop lies to the right and below the image, and whether to mirror it.</returns>
    public (int Right, int Down, bool Mirror) Draw(RandomStream epoch, int sample)
    {
        // Four words, one Philox block, belong to each image.
        ulong position = 4 * (ulong)sample;
        int positions = (2 * CropPadding) + 1;
        int right = CropPadding == 0 ? 0 : epoch.Below(position, positions) - CropPadding;
        int down = CropPadding == 0 ? 0 : epoch.Below(position + 1, positions) - CropPadding;
        return (right, down, Flip && (epoch.Word(position + 2) >> 31) != 0);
    }

    /// <summary>The stream of all epochs, <c>seed / "augment"</c>.</summary>
    /// <param name="seed">The user's seed.</param>
    public static RandomStream Stream(ulong seed) => new RandomStream(seed).Split("augment");
}
