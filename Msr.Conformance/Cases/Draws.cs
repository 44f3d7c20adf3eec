using Msr.Core.Numerics;

namespace Msr.Conformance.Cases;

/// <summary>Draws from a stream one after another.</summary>
/// <param name="stream">The stream.</param>
public sealed class Draws(RandomStream stream)
{
    private ulong _position;
    private double? _spare;

    /// <summary>An integer between two bounds, both included.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The greatest.</param>
    public int Between(int least, int most) => least + stream.Below(_position++, most - least + 1);

    /// <summary>An integer as <see cref="Between"/>, small ones more often: half of the time from the lower quarter.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The greatest.</param>
    public int Small(int least, int most) => Between(least, Flag() ? most : least + ((most - least) / 4));

    /// <summary>Heads or tails.</summary>
    public bool Flag() => (stream.Word(_position++) & 1) == 1;

    /// <summary>One of some items.</summary>
    /// <typeparam name="TItem">The type of an item.</typeparam>
    /// <param name="items">The items; repeat one to make it likelier.</param>
    public TItem OneOf<TItem>(params ReadOnlySpan<TItem> items) => items[Between(0, items.Length - 1)];

    /// <summary>A number of channels up to a limit: below, at and above the widths of vectors.</summary>
    /// <param name="most">The limit, at least 1.</param>
    public int Channels(int most = 33)
    {
        ReadOnlySpan<int> usual = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33];
        int count = usual.Length;
        while (usual[count - 1] > most)
        {
            count--;
        }

        return OneOf(usual[..count]);
    }

    /// <summary>64 random bits.</summary>
    public ulong Bits() => ((ulong)stream.Word(_position++) << 32) | stream.Word(_position++);

    /// <summary>A number between two bounds, exactly representable in float32.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The greatest.</param>
    public double Real(double least, double most) => (float)(least + ((most - least) * Uniform()));

    /// <summary>A standard normal number, exactly representable in float32.</summary>
    public double Normal() => (float)Gaussian();

    /// <summary>A number of a class.</summary>
    /// <param name="values">The class.</param>
    public double Real(ValueClass values) => values switch
    {
        ValueClass.Normal => Normal(),
        ValueClass.Common => (float)(100 + Gaussian()),
        ValueClass.Wide => Math.ScaleB((float)Gaussian(), Between(-20, 20)),
        ValueClass.Zeros => Flag() ? Normal() : Flag() ? 0 : -0.0,
        ValueClass.Ties => OneOf(-1, 0, 0.5, 1),
        ValueClass.Denormals => Math.ScaleB(Between(-(1 << 20), 1 << 20), -149),
        ValueClass.Integers => Between(-4, 4),
        _ => Between(0, 7) == 0 ? (2 * Between(1024, 2047)) + 1 : 0,
    };

    private double Uniform() => (stream.Word(_position++) + 0.5) * (1.0 / (1L << 32));

    private double Gaussian()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }

        double radius = Math.Sqrt(-2 * Math.Log(Uniform())), angle = 2 * Math.PI * Uniform();
        _spare = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }
}

/// <summary>The contents of a case. Every number is exactly representable in float32, so that all backends get the same.</summary>
public enum ValueClass
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Standard normal around 100: the regime the method is about.</summary>
    Common,

    /// <summary>Normal numbers times 2⁻²⁰ to 2²⁰.</summary>
    Wide,

    /// <summary>Half of them 0, positive or negative, the others normal.</summary>
    Zeros,

    /// <summary>Of −1, 0, ½ and 1 only: equal maxima, equal logits.</summary>
    Ties,

    /// <summary>Below the smallest normal float32, where gradual underflow and flush to zero differ.</summary>
    Denormals,

    /// <summary>Integers from −4 to 4: sums of products are exact, in any order.</summary>
    Integers,

    /// <summary>
    /// Sparse odd integers of 12 bits in the first factor and ±1 in the second: sums are exact, but any rounding of inputs to fewer bits
    /// (TF32, bfloat16) shows, however long the sum.
    /// </summary>
    WideIntegers,
}
