using System.Collections.Immutable;

namespace Msr.Core.Numerics;

/// <summary>
/// The extents of a contiguous tensor, outermost first: <c>[8, 32, 32, 16]</c>. The rank is free; rank 0 is a scalar of length 1.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _extents;
    private readonly long _length;

    /// <summary>Creates a shape.</summary>
    /// <param name="extents">The extents, outermost first; each at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        _length = 1;
        foreach (int extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(extent, 1, nameof(extents));
            _length = checked(_length * extent);
        }

        _extents = [.. extents];
    }

    /// <summary>The number of extents.</summary>
    public int Rank => Extents.Length;

    /// <summary>The number of elements: the product of the extents.</summary>
    public long Length => _extents.IsDefault ? 1 : _length;

    /// <summary>The extents, outermost first.</summary>
    public ImmutableArray<int> Extents => _extents.IsDefault ? [] : _extents;

    /// <summary>The extent at <paramref name="axis"/>.</summary>
    /// <param name="axis">0 is the outermost.</param>
    public int this[int axis] => Extents[axis];

    /// <summary>The innermost extent: the channels of a channels-last tensor.</summary>
    public int Inner => Extents[^1];

    /// <summary>Whether two shapes have the same extents.</summary>
    /// <param name="left">A shape.</param>
    /// <param name="right">Another shape.</param>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    /// <param name="left">A shape.</param>
    /// <param name="right">Another shape.</param>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The same shape with another outermost extent: a smaller batch of the same samples.</summary>
    /// <param name="extent">The new outermost extent, at least 1.</param>
    public Shape WithOuter(int extent)
    {
        Span<int> extents = stackalloc int[Rank];
        Extents.CopyTo(extents);
        extents[0] = extent;
        return new Shape(extents);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Extents.AsSpan().SequenceEqual(other.Extents.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int extent in Extents)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Extents)}]";
}
