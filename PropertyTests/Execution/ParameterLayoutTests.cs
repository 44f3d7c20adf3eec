using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace PropertyTests.Execution;

/// <summary>Exchange and canonical layout, element by element.</summary>
public sealed class ParameterLayoutTests
{
    [Fact]
    public void Columns_of_a_linear_layer_on_planes_are_channels_first_outside_and_last_inside()
    {
        (int outputs, int h, int w, int c) = (2, 3, 4, 5);
        ParameterLayout layout = ParameterLayout.Flattened(outputs, h, w, c);
        Assert.Equal((new Shape(2, 60), new Shape(2, 60)), (layout.Exchange, layout.Canonical));
        int[] exchange = [.. Enumerable.Range(0, 120)], canonical = new int[120], back = new int[120];
        layout.ToCanonical<int>(exchange, canonical);
        for (int o = 0; o < outputs; o++)
        {
            for (int y = 0; y < h; y++)
            {
                for (int x = 0; x < w; x++)
                {
                    for (int channel = 0; channel < c; channel++)
                    {
                        Assert.Equal((((((o * c) + channel) * h) + y) * w) + x, canonical[(((((o * h) + y) * w) + x) * c) + channel]);
                    }
                }
            }
        }

        layout.ToExchange<int>(canonical, back);
        Assert.Equal(exchange, back);
    }

    [Fact]
    public void Filters_are_OIHW_outside_and_channels_last_inside()
    {
        ConvGeometry geometry = new(8, 8, 4, 6, 3, 2, groups: 2);
        ParameterLayout layout = ParameterLayout.Filter(geometry);
        Assert.Equal((new Shape(6, 2, 3, 2), new Shape(6, 3, 2, 2)), (layout.Exchange, layout.Canonical));
        int[] canonical = new int[72];
        layout.ToCanonical<int>([.. Enumerable.Range(0, 72)], canonical);
        for (int i = 0; i < 72; i++)
        {
            (int k, int r, int s, int channel) = (i / 12, i / 4 % 3, i / 2 % 2, i % 2);
            Assert.Equal((((((k * 2) + channel) * 3) + r) * 2) + s, canonical[i]);
        }
    }

    [Fact]
    public void Another_number_of_elements_is_refused() =>
        Assert.Throws<ArgumentException>(() => ParameterLayout.Same(new Shape(3)).ToCanonical<int>(new int[3], new int[4]));
}
