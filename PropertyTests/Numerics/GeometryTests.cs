using Msr.Core.Numerics;

namespace PropertyTests.Numerics;

/// <summary>Extents that 32 bits do not hold are refused, never wrapped.</summary>
public sealed class GeometryTests
{
    [Theory]
    [InlineData(5, 1 << 30)] // (5 − 1)·2³⁰ wraps to 0
    [InlineData(3, 1 << 30)] // (3 − 1)·2³⁰ wraps to −2³¹
    [InlineData(2, int.MaxValue)]
    public void A_filter_whose_span_exceeds_32_bits_is_refused(int taps, int dilation)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvGeometry(8, 8, 1, 1, taps, 1, dilation: (dilation, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvGeometry(8, 8, 1, 1, 1, taps, dilation: (1, dilation)));
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(1 << 30, 0)]
    public void Padding_beyond_32_bits_is_refused(int before, int after)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvGeometry(8, 8, 1, 1, 1, 1, padding: new Border(before, 0, after, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvGeometry(8, 8, 1, 1, 1, 1, padding: new Border(0, before, 0, after)));
    }

    [Fact]
    public void The_largest_stride_leaves_one_output()
    {
        ConvGeometry conv = new(8, 7, 1, 1, 3, 3, stride: (int.MaxValue, int.MaxValue), padding: new Border(1));
        PoolGeometry pool = new(8, 7, 1, (3, 3), (int.MaxValue, int.MaxValue));
        ShortcutGeometry shortcut = new(8, 7, 1, 1, int.MaxValue, average: true);
        Assert.Equal([(1, 1), (1, 1), (1, 1)], [(conv.P, conv.Q), (pool.P, pool.Q), (shortcut.P, shortcut.Q)]);
    }

    [Fact]
    public void The_largest_stride_leaves_two_outputs_where_a_last_part_of_a_window_counts()
    {
        PoolGeometry pool = new(8, 3, 1, (3, 3), (6, int.MaxValue), ceiling: true);
        Assert.Equal((2, 1), (pool.P, pool.Q));
        pool = new PoolGeometry(8, 8, 1, (3, 3), (int.MaxValue, 7), ceiling: true);
        Assert.Equal((1, 2), (pool.P, pool.Q));
    }
}
