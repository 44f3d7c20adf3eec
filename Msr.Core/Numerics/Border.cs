namespace Msr.Core.Numerics;

/// <summary>Padding at the four borders of a plane, in elements.</summary>
public readonly record struct Border
{
    /// <summary>The same padding at every border.</summary>
    /// <param name="all">Elements, at least 0.</param>
    public Border(int all)
        : this(all, all, all, all)
    {
    }

    /// <summary>Padding border by border.</summary>
    /// <param name="top">Rows above.</param>
    /// <param name="left">Columns to the left.</param>
    /// <param name="bottom">Rows below.</param>
    /// <param name="right">Columns to the right.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public Border(int top, int left, int bottom, int right)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        (Top, Left, Bottom, Right) = (top, left, bottom, right);
    }

    /// <summary>Rows above.</summary>
    public int Top { get; }

    /// <summary>Columns to the left.</summary>
    public int Left { get; }

    /// <summary>Rows below.</summary>
    public int Bottom { get; }

    /// <summary>Columns to the right.</summary>
    public int Right { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Top},{Left},{Bottom},{Right}";
}

/// <summary>The values that a convolution reads beyond the border of its input.</summary>
public enum PaddingMode
{
    /// <summary>Zeros. Truncates slices at the border: a centred kernel lets a constant leak in there.</summary>
    Zero,

    /// <summary>The nearest element of the input.</summary>
    Replicate,

    /// <summary>The input mirrored about its border element, which is not repeated; padding must be smaller than the extent.</summary>
    Reflect,
}
