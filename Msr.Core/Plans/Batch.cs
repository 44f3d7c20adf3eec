using System.Numerics;
using Msr.Core.Numerics;

namespace Msr.Core.Plans;

/// <summary>
/// Samples on their way to a step: images [N, H, W, C], labels [N] and the index of each sample in its data set [N]. The arrays are made
/// once for a capacity and filled again and again; the first <see cref="Count"/> samples count.
/// </summary>
/// <typeparam name="T">The element type of the images.</typeparam>
public sealed class Batch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private int _count;

    /// <summary>Makes room for a batch.</summary>
    /// <param name="capacity">The largest number of samples, at least 1.</param>
    /// <param name="image">The shape of one image, [H, W, C].</param>
    /// <exception cref="ArgumentException">The image shape has not three extents.</exception>
    public Batch(int capacity, Shape image)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (image.Rank != 3)
        {
            throw new ArgumentException($"An image is [H, W, C]; got {image}.", nameof(image));
        }

        Image = image;
        Images = new T[checked((int)(capacity * image.Length))];
        Labels = new int[capacity];
        SampleIndices = new int[capacity];
        _count = capacity;
    }

    /// <summary>The shape of one image, [H, W, C].</summary>
    public Shape Image { get; }

    /// <summary>The largest number of samples.</summary>
    public int Capacity => Labels.Length;

    /// <summary>The number of samples in use, from 1 to <see cref="Capacity"/>.</summary>
    public int Count
    {
        get => _count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Capacity);
            _count = value;
        }
    }

    /// <summary>The images, channels last, [N, H, W, C].</summary>
    public T[] Images { get; }

    /// <summary>The class of each sample, from 0.</summary>
    public int[] Labels { get; }

    /// <summary>The index of each sample in its data set; noise is keyed by it.</summary>
    public int[] SampleIndices { get; }

    /// <summary>The pixels of one sample, [H, W, C].</summary>
    /// <param name="sample">Its place in the batch.</param>
    public Span<T> ImageAt(int sample) => Images.AsSpan(checked((int)(sample * Image.Length)), checked((int)Image.Length));
}
