using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Models;

/// <summary>A multi-layer perceptron: linear layers with ReLUs between them. It has no spatial kernels, so the method leaves it alone.</summary>
public static class Perceptron
{
    /// <summary>Describes a perceptron.</summary>
    /// <param name="hidden">The widths of the hidden layers, each at least 1.</param>
    /// <param name="image">The shape of an image, [H, W, C].</param>
    /// <param name="classes">The number of classes, at least 2.</param>
    public static Network Create(IReadOnlyList<int> hidden, Shape image, int classes)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        List<Layer> layers = [];
        foreach (int width in hidden)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(hidden));
            layers.Add(new Linear(width));
            layers.Add(new Relu());
        }

        return new Network($"mlp{string.Join('x', hidden)}", image, classes, new Sequence([.. layers, new Linear(classes) { Name = "head" }]));
    }
}
