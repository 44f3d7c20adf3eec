using Msr.Core.Data;
using Msr.Core.Training;
using StbImageSharp;

namespace Msr.Cli;

/// <summary>Reads pictures for a model.</summary>
internal static class Picture
{
    /// <summary>The pixels of a picture, [H, W, C], grey or in colour as the model needs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="card">What the model needs.</param>
    /// <exception cref="DataException">The file is missing or no picture.</exception>
    /// <exception cref="UsageException">The picture has another size, or the model takes no pictures.</exception>
    public static byte[] Load(string path, ModelCard card)
    {
        (int height, int width, int channels) = (card.Image[0], card.Image[1], card.Image[2]);
        ColorComponents components = channels switch
        {
            1 => ColorComponents.Grey,
            3 => ColorComponents.RedGreenBlue,
            _ => throw new UsageException($"IMAGE: the model takes images of {channels} channels; pictures have 1 or 3."),
        };
        ImageResult picture = Decode(path, components);
        return (picture.Height, picture.Width) == (height, width)
            ? picture.Data
            : throw new UsageException(
                $"IMAGE: {path} is {picture.Width}x{picture.Height} pixels, and the model takes {width}x{height}; resize it first, msr does not.");
    }

    private static ImageResult Decode(string path, ColorComponents components)
    {
        if (!File.Exists(path))
        {
            throw new DataException(DataProblem.Missing, $"There is no picture {path}; check the name.");
        }

        byte[] content = File.ReadAllBytes(path);
        try
        {
            return ImageResult.FromMemory(content, components);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The decoder throws whatever a damaged file makes it stumble over.
            throw new DataException(DataProblem.Malformed, $"{path} is no picture that can be read: it must be PNG or JPEG, and whole.", error);
        }
    }
}
