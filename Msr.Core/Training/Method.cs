using Msr.Core.Models;
using Msr.Core.Optimizers;

namespace Msr.Core.Training;

/// <summary>A way of training: how convolutions are made and what is projected. The architecture, the data and the budget are the same for all.</summary>
/// <param name="Name">The name users select it by.</param>
/// <param name="Purpose">What it is, in a few words.</param>
/// <param name="Style">How convolutions are made.</param>
/// <param name="Isocline">What is projected.</param>
/// <param name="Rate">A good learning rate at batch 128 with the default clip: methods must never be compared at equal rate.</param>
public sealed record Method(string Name, string Purpose, ConvolutionStyle Style, IsoclinePolicy Isocline, double Rate)
{
    /// <summary>Mean shift rejection: centred start, projected gradients.</summary>
    public static Method Msr { get; } =
        new("msr", "mean shift rejection", ConvolutionStyle.MeanShiftRejection, IsoclinePolicy.Default, 0.8);

    /// <summary>The control: the same network without the isocline.</summary>
    public static Method None { get; } =
        new("none", "the same network, never centred nor projected", ConvolutionStyle.Uncentred, IsoclinePolicy.Off, 0.1);

    /// <summary>The baseline: batch normalisation.</summary>
    public static Method BatchNorm { get; } =
        new("bn", "batch normalisation after every convolution", ConvolutionStyle.BatchNormalized, IsoclinePolicy.Off, 0.1);

    /// <summary>All methods.</summary>
    public static IReadOnlyList<Method> All { get; } = [Msr, None, BatchNorm];

    /// <summary>The method of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is none; the message says which there are.</exception>
    public static Method Named(string name) => All.FirstOrDefault(method => method.Name == name)
        ?? throw new ArgumentException($"There is no method '{name}'; there are: {string.Join(", ", All.Select(static m => m.Name))}.", nameof(name));
}
