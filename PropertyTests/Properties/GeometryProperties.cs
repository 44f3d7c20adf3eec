using Msr.Core.Numerics;

namespace PropertyTests.Properties;

/// <summary>Where the windows of a convolution lie, by counting instead of dividing.</summary>
public sealed class GeometryProperties
{
    [LawProperty]
    public void Outputs_are_the_windows_that_fit_into_the_padded_plane(ConvGeometry g)
    {
        Assert.Equal(Windows(g.PaddedH, g.StrideH, ((g.R - 1) * g.DilationH) + 1), g.P);
        Assert.Equal(Windows(g.PaddedW, g.StrideW, ((g.S - 1) * g.DilationW) + 1), g.Q);

        static int Windows(int padded, int stride, int span)
        {
            int count = 0;
            for (int start = 0; start + span <= padded; start += stride)
            {
                count++;
            }

            return count;
        }
    }

    [LawProperty]
    public void A_tap_reads_what_stands_there_on_a_plane_that_is_padded_element_by_element(ConvGeometry g)
    {
        int[] rows = Padded(g.H, g.Padding.Top, g.Padding.Bottom, g.Mode), columns = Padded(g.W, g.Padding.Left, g.Padding.Right, g.Mode);
        Assert.All(Pairs(g.P, g.R), at => Assert.Equal(rows[(at.Window * g.StrideH) + (at.Tap * g.DilationH)], g.SourceRow(at.Window, at.Tap)));
        Assert.All(Pairs(g.Q, g.S), at => Assert.Equal(columns[(at.Window * g.StrideW) + (at.Tap * g.DilationW)], g.SourceColumn(at.Window, at.Tap)));

        static IEnumerable<(int Window, int Tap)> Pairs(int windows, int taps) =>
            from window in Enumerable.Range(0, windows) from tap in Enumerable.Range(0, taps) select (window, tap);
    }

    [LawProperty]
    public void Shapes_say_what_the_extents_say(ConvGeometry g)
    {
        Assert.Equal(new Shape(3, g.H, g.W, g.C), g.Input(3));
        Assert.Equal(new Shape(3, g.P, g.Q, g.K), g.Output(3));
        Assert.Equal(new Shape(g.K, g.R, g.S, g.C / g.Groups), g.Filter);
        Assert.Equal((g.C, g.K, g.Filter.Length), (g.GroupC * g.Groups, g.GroupK * g.Groups, (long)g.K * g.Taps * g.GroupC));
    }

    /// <summary>The indices of an axis from its first padded element to its last; −1 for a zero. A reflection walks back from the border.</summary>
    private static int[] Padded(int extent, int before, int after, PaddingMode mode)
    {
        List<int> indices = [.. Enumerable.Range(0, extent)];
        for (int i = 1; i <= before; i++)
        {
            indices.Insert(0, mode switch { PaddingMode.Zero => -1, PaddingMode.Replicate => 0, _ => i });
        }

        for (int i = 1; i <= after; i++)
        {
            indices.Add(mode switch { PaddingMode.Zero => -1, PaddingMode.Replicate => extent - 1, _ => extent - 1 - i });
        }

        return [.. indices];
    }
}
