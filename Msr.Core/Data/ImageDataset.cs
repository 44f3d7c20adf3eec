using System.Collections.Immutable;
using System.Security.Cryptography;
using Msr.Core.Numerics;

namespace Msr.Core.Data;

/// <summary>Labelled images in memory: pixels [N, H, W, C], one byte each, and labels [N]. It never changes.</summary>
public sealed class ImageDataset
{
    private readonly ReadOnlyMemory<byte> _pixels;
    private readonly ReadOnlyMemory<byte> _labels;
    private readonly Lazy<string> _checksum;

    /// <summary>Creates a data set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="image">The shape of one image, [H, W, C].</param>
    /// <param name="classes">The number of classes, 1 to 256.</param>
    /// <param name="pixels">The pixels, [N, H, W, C]; not copied, so leave them alone from now on.</param>
    /// <param name="labels">The class of each image, [N], from 0; not copied either.</param>
    /// <param name="classNames">The name of each class, or nothing.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, a label is no class, or there is no image.</exception>
    public ImageDataset(
        string name,
        Shape image,
        int classes,
        ReadOnlyMemory<byte> pixels,
        ReadOnlyMemory<byte> labels,
        ImmutableArray<string> classNames = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        if (image.Rank != 3)
        {
            throw new ArgumentException($"An image is [H, W, C]; got {image}.", nameof(image));
        }

        if (labels.IsEmpty || pixels.Length != labels.Length * image.Length)
        {
            throw new ArgumentException($"{labels.Length} images {image} do not make {pixels.Length} bytes.", nameof(pixels));
        }

        if (labels.Span.IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1)) is >= 0 and int bad)
        {
            throw new ArgumentException($"Label {labels.Span[bad]} of image {bad} is no class from 0 to {classes - 1}.", nameof(labels));
        }

        if (!classNames.IsDefaultOrEmpty && classNames.Length != classes)
        {
            throw new ArgumentException($"{classNames.Length} names do not fit {classes} classes.", nameof(classNames));
        }

        Name = name;
        Image = image;
        Classes = classes;
        ClassNames = classNames.IsDefault ? [] : classNames;
        _pixels = pixels;
        _labels = labels;
        _checksum = new Lazy<string>(ComputeChecksum);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The shape of one image, [H, W, C].</summary>
    public Shape Image { get; }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The name of each class; empty where unknown.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>The pixels, [N, H, W, C].</summary>
    public ReadOnlySpan<byte> Pixels => _pixels.Span;

    /// <summary>The class of each image, [N].</summary>
    public ReadOnlySpan<byte> Labels => _labels.Span;

    /// <summary>The SHA-256 sum of the pixels followed by the labels, in lower-case hexadecimal; computed when first asked for.</summary>
    public string Checksum => _checksum.Value;

    /// <summary>The pixels of one image, [H, W, C].</summary>
    /// <param name="index">Its index.</param>
    public ReadOnlySpan<byte> PixelsOf(int index) => Pixels.Slice(checked((int)(index * Image.Length)), (int)Image.Length);

    /// <summary>The first images.</summary>
    /// <param name="count">How many, at least 1; the data set itself if there are no more.</param>
    public ImageDataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count >= Count
            ? this
            : new ImageDataset(Name, Image, Classes, _pixels[..checked((int)(count * Image.Length))], _labels[..count], ClassNames);
    }

    /// <summary>
    /// Holds a random part back, whatever the classes: round(fraction·N) images, at least one and not all. Both parts keep the order of the
    /// whole. The choice depends on the seed and on N alone.
    /// </summary>
    /// <param name="fraction">The share to hold back, above 0 and below 1.</param>
    /// <param name="seed">The user's seed; the choice is drawn from its stream "validation".</param>
    /// <returns>The images to train on and the images held back.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">There is only one image.</exception>
    public (ImageDataset Training, ImageDataset HeldOut) Split(double fraction, ulong seed)
    {
        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction to hold back lies between 0 and 1.");
        }

        if (Count == 1)
        {
            throw new InvalidOperationException("One image cannot be split.");
        }

        int held = Math.Clamp((int)Math.Round(fraction * Count, MidpointRounding.ToEven), 1, Count - 1);
        int[] order = [.. Enumerable.Range(0, Count)];
        new RandomStream(seed).Split("validation").Shuffle(order.AsSpan());
        order.AsSpan(0, held).Sort();
        order.AsSpan(held).Sort();
        return (Select(order.AsSpan(held)), Select(order.AsSpan(0, held)));
    }

    /// <summary>The same images under the name and the class names of a known set.</summary>
    internal ImageDataset Named(KnownDataset known) => new(known.Name, Image, known.ClassNames.Length, _pixels, _labels, known.ClassNames);

    private ImageDataset Select(ReadOnlySpan<int> indices)
    {
        int length = (int)Image.Length;
        byte[] pixels = new byte[indices.Length * length];
        byte[] labels = new byte[indices.Length];
        for (int place = 0; place < indices.Length; place++)
        {
            PixelsOf(indices[place]).CopyTo(pixels.AsSpan(place * length));
            labels[place] = Labels[indices[place]];
        }

        return new ImageDataset(Name, Image, Classes, pixels, labels, ClassNames);
    }

    private string ComputeChecksum()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Pixels);
        hash.AppendData(Labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
