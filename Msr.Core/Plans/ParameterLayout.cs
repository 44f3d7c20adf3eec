using Msr.Core.Numerics;

namespace Msr.Core.Plans;

/// <summary>
/// How a parameter lies in exchange layout (checkpoints, other frameworks) and in the canonical one (plans): exchange element e stands at
/// canonical element <see cref="CanonicalIndex"/>(e).
/// </summary>
public sealed record ParameterLayout
{
    private readonly int _outer;
    private readonly int _channels;
    private readonly int _plane;

    private ParameterLayout(Shape exchange, Shape canonical, int outer, int channels, int plane)
    {
        RequireRoom("A parameter", exchange.Length);
        (Exchange, Canonical, _outer, _channels, _plane) = (exchange, canonical, outer, channels, plane);
    }

    /// <summary>The shape in exchange layout: [O, I/G, H, W], [out, in] or [n].</summary>
    public Shape Exchange { get; }

    /// <summary>The shape in canonical layout: [K, R, S, C/G], [out, in] or [n].</summary>
    public Shape Canonical { get; }

    /// <summary>The same order on both sides.</summary>
    /// <param name="shape">The shape.</param>
    public static ParameterLayout Same(Shape shape) => new(shape, shape, 1, 1, (int)Math.Min(shape.Length, int.MaxValue));

    /// <summary>Filters: [O, I/G, H, W] outside, [K, R, S, C/G] inside.</summary>
    /// <param name="geometry">The convolution.</param>
    public static ParameterLayout Filter(ConvGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Shape exchange = new(geometry.K, geometry.GroupC, geometry.R, geometry.S);
        return new ParameterLayout(exchange, geometry.Filter, geometry.K, geometry.GroupC, geometry.Taps);
    }

    /// <summary>A linear layer on flattened planes: columns are (c, h, w) outside, (h, w, c) inside.</summary>
    /// <param name="outputs">Rows.</param>
    /// <param name="h">Height of the planes.</param>
    /// <param name="w">Width of the planes.</param>
    /// <param name="c">Channels.</param>
    public static ParameterLayout Flattened(int outputs, int h, int w, int c)
    {
        Shape shape = new(outputs, h * w * c);
        return new ParameterLayout(shape, shape, outputs, c, h * w);
    }

    /// <summary>The canonical index of an element of the exchange layout.</summary>
    /// <param name="exchangeIndex">Its index in exchange layout.</param>
    public int CanonicalIndex(int exchangeIndex)
    {
        (int outerAndChannel, int tap) = Math.DivRem(exchangeIndex, _plane);
        (int outer, int channel) = Math.DivRem(outerAndChannel, _channels);
        return (((outer * _plane) + tap) * _channels) + channel;
    }

    /// <summary>Reorders from exchange to canonical layout.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="exchange">Elements in exchange layout.</param>
    /// <param name="canonical">Room for as many.</param>
    public void ToCanonical<E>(ReadOnlySpan<E> exchange, Span<E> canonical)
    {
        Check(exchange.Length, canonical.Length);
        for (int i = 0; i < exchange.Length; i++)
        {
            canonical[CanonicalIndex(i)] = exchange[i];
        }
    }

    /// <summary>Reorders from canonical to exchange layout.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="canonical">Elements in canonical layout.</param>
    /// <param name="exchange">Room for as many.</param>
    public void ToExchange<E>(ReadOnlySpan<E> canonical, Span<E> exchange)
    {
        Check(canonical.Length, exchange.Length);
        for (int i = 0; i < exchange.Length; i++)
        {
            exchange[i] = canonical[CanonicalIndex(i)];
        }
    }

    /// <summary>Checks that so many elements are within what any host can allocate, long before it is asked to.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal static void RequireRoom(string what, long length)
    {
        if (length > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{what} would have {length} elements, and there is room for {Array.MaxLength}; choose a smaller --width or --model.", nameof(length));
        }
    }

    private void Check(int first, int second)
    {
        if (first != Exchange.Length || second != Exchange.Length)
        {
            throw new ArgumentException($"A parameter {Exchange} has {Exchange.Length} elements; got {first} and {second}.");
        }
    }
}
