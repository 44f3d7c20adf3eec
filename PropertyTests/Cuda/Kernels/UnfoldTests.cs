using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace PropertyTests.Cuda.Kernels;

/// <summary>Unfolding and folding against the source functions of the geometry, on integers, whose sums are exact.</summary>
public sealed class UnfoldTests
{
    private static readonly (int H, int W, int C, int Groups, int R, int S, int StrideH, int StrideW, Border Padding, int DilationH, int DilationW)[] s_shapes =
    [
        (5, 6, 8, 1, 3, 3, 1, 1, new Border(1), 1, 1),
        (5, 6, 8, 2, 3, 3, 2, 1, new Border(1, 2, 2, 0), 1, 1),
        (4, 7, 6, 2, 2, 3, 1, 2, new Border(3, 1, 2, 3), 1, 2),
        (6, 5, 3, 3, 3, 1, 3, 2, new Border(2, 0, 1, 1), 2, 1),
        (7, 7, 5, 1, 1, 1, 2, 2, default, 1, 1),
        (4, 4, 16, 4, 4, 4, 1, 1, new Border(3), 1, 1),
        (1, 1, 1, 1, 1, 1, 1, 1, default, 1, 1),
    ];

    public static TheoryData<int> EveryGeometry { get; } = [.. Enumerable.Range(0, 3 * s_shapes.Length)];

    [Theory]
    [MemberData(nameof(EveryGeometry))]
    public void Columns_are_what_the_geometry_reads(int index)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        ConvGeometry g = GeometryOf(index);
        foreach (int offset in (ReadOnlySpan<int>)[0, 1])
        {
            float[] x = Drawn.Floats(1, g.Input(2).Length);
            TensorRef<float> input = kernels.Tensor<float>(x, g.Input(2), offset);
            for (int group = 0; group < g.Groups; group++)
            {
                TensorRef<float> columns = kernels.Tensor<float>(ColumnsOf(g), offset);
                kernels.Unfold(g, columns, input, 2, group);
                float[] expected = new float[columns.Length];
                Each(g, group, (column, element) => expected[column] = element < 0 ? 0 : x[element]);
                Assert.Equal(Drawn.Bits(expected), Drawn.Bits(kernels.Read(columns)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryGeometry))]
    public void Folding_adds_up_every_reading_of_an_element(int index)
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        ConvGeometry g = GeometryOf(index);
        foreach ((bool accumulate, int offset) in (ReadOnlySpan<(bool, int)>)[(false, 0), (true, 1), (true, 0)])
        {
            float[] old = Drawn.Integers(2, g.Input(2).Length), expected = [.. old];
            TensorRef<float> dx = kernels.Tensor<float>(old, g.Input(2), offset);
            for (int group = 0; group < g.Groups; group++)
            {
                float[] values = Drawn.Integers(3 + (ulong)group, ColumnsOf(g).Length);
                TensorRef<float> columns = kernels.Tensor<float>(values, ColumnsOf(g), offset);
                kernels.Fold(g, dx, columns, 2, group, accumulate);
                ClearUnless(accumulate, g, group, expected);
                Each(g, group, (column, element) =>
                {
                    if (element >= 0)
                    {
                        expected[element] += values[column];
                    }
                });
            }

            Assert.Equal(expected, kernels.Read(dx));
        }
    }

    [Fact]
    public void A_chunk_without_samples_or_a_group_that_is_not_there_is_refused()
    {
        using KernelBackend kernels = EmulatedKernels.Open();
        ConvGeometry g = GeometryOf(0);
        TensorRef<float> x = kernels.Tensor<float>(g.Input(2)), columns = kernels.Tensor<float>(ColumnsOf(g));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernels.Unfold(g, columns, x, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernels.Unfold(g, columns, x, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernels.Fold(g, x, columns, 1, -1, accumulate: false));
        Assert.Throws<NotSupportedException>(() => kernels.Unfold(g, columns, x, 1 << 22, 0));
    }

    private static ConvGeometry GeometryOf(int index)
    {
        var (h, w, c, groups, r, s, strideH, strideW, padding, dilationH, dilationW) = s_shapes[index / 3];
        return new ConvGeometry(h, w, c, groups, r, s, (strideH, strideW), padding, (dilationH, dilationW), groups, (PaddingMode)(index % 3));
    }

    private static Shape ColumnsOf(ConvGeometry g) => new(2 * g.P * g.Q, g.Taps * g.GroupC);

    private static void ClearUnless(bool accumulate, ConvGeometry g, int group, float[] dx)
    {
        for (int i = 0; i < dx.Length; i++)
        {
            dx[i] = accumulate || i % g.C / g.GroupC != group ? dx[i] : 0;
        }
    }

    /// <summary>Every column of two samples with the element of x that it reads, −1 for a padded zero.</summary>
    private static void Each(ConvGeometry g, int group, Action<int, int> visit)
    {
        int column = 0;
        for (int window = 0; window < 2 * g.P * g.Q; window++)
        {
            (int n, int p, int q) = (window / (g.P * g.Q), window / g.Q % g.P, window % g.Q);
            for (int tap = 0; tap < g.Taps; tap++)
            {
                int h = g.SourceRow(p, tap / g.S), w = g.SourceColumn(q, tap % g.S);
                for (int c = 0; c < g.GroupC; c++)
                {
                    visit(column++, h < 0 || w < 0 ? -1 : (((((n * g.H) + h) * g.W) + w) * g.C) + (group * g.GroupC) + c);
                }
            }
        }
    }
}
