using Msr.Core.Numerics;

namespace PropertyTests.Cuda.Kernels;

/// <summary>Numbers for kernels, the same for the same seed.</summary>
internal static class Drawn
{
    /// <summary>Numbers from −2 to 2.</summary>
    public static float[] Floats(ulong seed, long count)
    {
        RandomStream random = new(seed);
        float[] drawn = new float[count];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = (float)((random.Uniform((ulong)i) * 4) - 2);
        }

        return drawn;
    }

    /// <summary>Integers from −3 to 3, whose sums are exact.</summary>
    public static float[] Integers(ulong seed, long count) => [.. Floats(seed, count).Select(static value => MathF.Round(value * 1.5f))];

    /// <summary>The bits, so that −0 and 0 differ and NaN is itself.</summary>
    public static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];
}
