using Msr.Cpu.Simd;

namespace Msr.Cpu.Channels;

/// <summary>
/// Rows of C channels seen as one flat run of vectors. Constants per channel are repeated until they fill whole vectors, so that any C, 1 and 3
/// and 10 included, takes the same unmasked loop as a multiple of the vector.
/// </summary>
internal static unsafe class ChannelPattern<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>The elements after which vectors meet the same channels again.</summary>
    public static int Period(int channels) => channels % S.Count == 0 ? channels : channels * S.Count;

    /// <summary>Fills a pattern.</summary>
    /// <param name="values">One value per channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="pattern">Room for a period.</param>
    /// <returns>The memory after the pattern.</returns>
    public static T* Fill(T* values, int channels, T* pattern)
    {
        int period = Period(channels);
        for (int i = 0; i < period; i++)
        {
            pattern[i] = values[i % channels];
        }

        return pattern + period;
    }
}
