using Msr.Core.Numerics;

namespace Msr.Core.Layers;

/// <summary>A network that classifies images: a description without memory or precision.</summary>
/// <param name="Name">Its name, such as <c>resnet20</c>.</param>
/// <param name="Image">The shape of an image, [H, W, C].</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Body">From images [N, H, W, C] to logits [N, classes].</param>
public sealed record Network(string Name, Shape Image, int Classes, Layer Body);
