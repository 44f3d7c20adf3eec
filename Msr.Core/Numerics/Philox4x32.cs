using System.Runtime.CompilerServices;

namespace Msr.Core.Numerics;

/// <summary>
/// Philox4x32-10: a counter-based generator. A 128-bit counter and a 64-bit key give four uniformly distributed 32-bit words, with no state
/// in between, so any thread or device can draw any number of the sequence on its own.
/// </summary>
/// <remarks>
/// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, <i>Parallel random numbers: as easy as 1, 2, 3</i>, SC'11. The known-answer vectors of
/// its reference distribution (Random123) are part of the tests.
/// </remarks>
public static class Philox4x32
{
    private const uint MultiplierA = 0xD2511F53;
    private const uint MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9;
    private const uint WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Draws the four words at a counter.</summary>
    /// <param name="c0">Counter word 0.</param>
    /// <param name="c1">Counter word 1.</param>
    /// <param name="c2">Counter word 2.</param>
    /// <param name="c3">Counter word 3.</param>
    /// <param name="key">The key: low word first, then high word.</param>
    /// <returns>Four 32-bit words.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint R0, uint R1, uint R2, uint R3) Draw(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong a = (ulong)MultiplierA * c0;
            ulong b = (ulong)MultiplierB * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            k0 += WeylA;
            k1 += WeylB;
        }

        return (c0, c1, c2, c3);
    }
}
