using System.Text;

namespace Msr.Core.Numerics;

/// <summary>
/// A named stream of random numbers. Streams are values: a stream is a key, a draw is a function of (key, position), and
/// <see cref="Split(string)"/> derives the key of a child from its name. There is no ambient seed and no hidden state.
/// </summary>
/// <param name="key">The 64-bit key of the stream; a user's seed at the root.</param>
public readonly struct RandomStream(ulong key) : IEquatable<RandomStream>
{
    /// <summary>The key of this stream.</summary>
    public ulong Key { get; } = key;

    /// <summary>Whether two streams draw the same numbers.</summary>
    /// <param name="left">A stream.</param>
    /// <param name="right">Another stream.</param>
    public static bool operator ==(RandomStream left, RandomStream right) => left.Equals(right);

    /// <summary>Whether two streams differ.</summary>
    /// <param name="left">A stream.</param>
    /// <param name="right">Another stream.</param>
    public static bool operator !=(RandomStream left, RandomStream right) => !left.Equals(right);

    /// <summary>The child stream of a name: the same name gives the same stream, whatever else was drawn.</summary>
    /// <param name="name">Any text, hashed as UTF-8 by FNV-1a (64 bits) and mixed with the key by Philox.</param>
    public RandomStream Split(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong hash = 14695981039346656037UL;
        foreach (byte octet in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return Split(hash);
    }

    /// <summary>The child stream of a number, such as an epoch.</summary>
    /// <param name="index">Any number.</param>
    public RandomStream Split(ulong index)
    {
        // Counter words 2 and 3 set the domain of keys apart from the domain of draws, whose word 3 is always 0.
        (uint low, uint high, _, _) = Philox4x32.Draw((uint)index, (uint)(index >> 32), 0, 1, Key);
        return new RandomStream(((ulong)high << 32) | low);
    }

    /// <summary>The 32-bit word at a position.</summary>
    /// <param name="position">The position in the stream.</param>
    public uint Word(ulong position)
    {
        (uint r0, uint r1, uint r2, uint r3) = Philox4x32.Draw((uint)(position >> 2), (uint)(position >> 34), 0, 0, Key);
        return (position & 3) switch { 0 => r0, 1 => r1, 2 => r2, _ => r3 };
    }

    /// <summary>A number in [0, 1) with 53 random bits; it uses the words at 2·position and 2·position + 1.</summary>
    /// <param name="position">The position in the sequence of such numbers.</param>
    public double Uniform(ulong position) =>
        ((((ulong)Word((2 * position) + 1) << 32) | Word(2 * position)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer in [0, bound), without modulo bias to within 2⁻³² of the bound.</summary>
    /// <param name="position">The position in the stream.</param>
    /// <param name="bound">The number of values, at least 1.</param>
    public int Below(ulong position, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(((ulong)Word(position) * (ulong)bound) >> 32);
    }

    /// <summary>Puts items into random order (Fisher and Yates), drawing from position 0 on.</summary>
    /// <typeparam name="TItem">The type of an item.</typeparam>
    /// <param name="items">The items, shuffled in place.</param>
    public void Shuffle<TItem>(Span<TItem> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Below((ulong)last, last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <inheritdoc/>
    public bool Equals(RandomStream other) => Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RandomStream other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{Key:x16}";
}
