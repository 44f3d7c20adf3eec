using Msr.Core.Numerics;

namespace Msr.Conformance.Outside;

/// <summary>The edge between stored cases (NCHW, OIHW) and Msr (NHWC, KRSC): axis 1 goes last or comes back.</summary>
internal static class Layout
{
    /// <summary>[N, C, …] to [N, …, C]: activations and filters alike.</summary>
    public static E[] ChannelsLast<E>(E[] values, Shape channelsFirst) => Move(values, channelsFirst, static (first, last) => (last, first));

    /// <summary>[N, …, C] to [N, C, …].</summary>
    public static E[] ChannelsFirst<E>(E[] values, Shape channelsFirst) => Move(values, channelsFirst, static (first, last) => (first, last));

    /// <summary>The shape of a tensor with channels last, of rank 2 or 4.</summary>
    public static Shape ChannelsLast(Shape channelsFirst) => channelsFirst.Rank switch
    {
        2 => channelsFirst,
        3 => new Shape(channelsFirst[0], channelsFirst[2], 1, channelsFirst[1]),
        4 => new Shape(channelsFirst[0], channelsFirst[2], channelsFirst[3], channelsFirst[1]),
        _ => throw new UnsupportedCaseException($"tensors of rank {channelsFirst.Rank}"),
    };

    private static E[] Move<E>(E[] values, Shape shape, Func<int, int, (int To, int From)> places)
    {
        if (shape.Rank < 3)
        {
            return values;
        }

        (int n, int c) = (shape[0], shape[1]);
        int plane = checked((int)(shape.Length / n / c));
        E[] moved = new E[values.Length];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < c; j++)
            {
                for (int k = 0; k < plane; k++)
                {
                    (int to, int from) = places((((i * c) + j) * plane) + k, (((i * plane) + k) * c) + j);
                    moved[to] = values[from];
                }
            }
        }

        return moved;
    }
}
