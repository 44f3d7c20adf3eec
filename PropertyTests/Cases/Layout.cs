using Msr.Core.Numerics;

namespace PropertyTests.Cases;

/// <summary>The edge between stored cases (NCHW, OIHW) and Msr (NHWC, KRSC): for both, axis 1 goes last or comes back.</summary>
internal static class Layout
{
    /// <summary>[N, C, H, W] to [N, H, W, C], or [O, I, H, W] to [K, R, S, C].</summary>
    public static E[] ChannelsLast<E>(E[] values, Shape channelsFirst)
    {
        (int n, int c, int h, int w) = (channelsFirst[0], channelsFirst[1], channelsFirst[2], channelsFirst[3]);
        E[] moved = new E[values.Length];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < c; j++)
            {
                for (int k = 0; k < h * w; k++)
                {
                    moved[(((i * h * w) + k) * c) + j] = values[(((i * c) + j) * h * w) + k];
                }
            }
        }

        return moved;
    }
}
