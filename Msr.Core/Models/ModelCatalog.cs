using System.Globalization;
using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Models;

/// <summary>The models that can be asked for by name.</summary>
public static class ModelCatalog
{
    /// <summary>The names of models, for people.</summary>
    public const string Names = "resnet8, resnet20 and so on (6n+2), plain8, plain20 and so on (6n+2), mlp or mlp256x128 (hidden widths)";

    /// <summary>Describes the network of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="image">The shape of an image, [H, W, C].</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="options">Style, shortcut and width.</param>
    /// <exception cref="ArgumentException">There is no such model; the message says which there are.</exception>
    public static Network Create(string name, Shape image, int classes, ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TryDepth(name, "resnet", out int depth))
        {
            return ResidualNetwork.Create(depth, image, classes, options);
        }

        if (TryDepth(name, "plain", out depth))
        {
            return PlainNetwork.Create(depth, image, classes, options);
        }

        if (name.StartsWith("mlp", StringComparison.Ordinal) && TryWidths(name["mlp".Length..], out List<int> widths))
        {
            return Perceptron.Create(widths, image, classes);
        }

        throw new ArgumentException($"There is no model '{name}'; there are: {Names}.", nameof(name));
    }

    /// <summary>Checks that there is a model of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is none; the message says which there are.</exception>
    public static void Require(string name) => Create(name, new Shape(32, 32, 3), 10, new ModelOptions());

    /// <summary>Whether a model has convolutions, which width, padding, noise and most of a method are about.</summary>
    /// <param name="name">The name.</param>
    public static bool HasConvolutions(string name) => HasShortcuts(name) || TryDepth(name, "plain", out _);

    /// <summary>Whether a model has shortcuts.</summary>
    /// <param name="name">The name.</param>
    public static bool HasShortcuts(string name) => TryDepth(name, "resnet", out _);

    private static bool TryDepth(string name, string family, out int depth)
    {
        depth = 0;
        return name.StartsWith(family, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(family.Length), NumberStyles.None, CultureInfo.InvariantCulture, out depth);
    }

    private static bool TryWidths(string text, out List<int> widths)
    {
        widths = text.Length == 0 ? [256] : [];
        foreach (string part in text.Length == 0 ? [] : text.Split('x'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int width) || width is < 1 or > 65_536)
            {
                return false;
            }

            widths.Add(width);
        }

        return true;
    }
}
