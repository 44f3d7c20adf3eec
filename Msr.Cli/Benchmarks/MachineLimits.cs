using System.Numerics;

namespace Msr.Cli.Benchmarks;

/// <summary>The limits of one thread of this machine, as work to be timed beside what is measured against them.</summary>
internal sealed class MachineLimits
{
    /// <summary>Multiply-adds of a call of <see cref="MultiplyAdds"/>, as operations.</summary>
    public static readonly double Operations = 2.0 * Rounds * Chains * Vector<float>.Count;

    /// <summary>Bytes that a call of <see cref="Copy"/> reads and writes.</summary>
    public const double CopiedBytes = 2.0 * CopiedElements * sizeof(float);

    // More chains than a multiply-add takes cycles times those that start in one.
    private const int Chains = 12;
    private const int Rounds = 20_000;

    // Larger than the second-level caches, as the activations of a micro-batch are.
    private const int CopiedElements = 1 << 20;

    private readonly float[] _from = new float[CopiedElements];
    private readonly float[] _to = new float[CopiedElements];

    /// <summary>The result of the multiply-adds; it keeps the compiler from removing them.</summary>
    public float Sum { get; private set; }

    /// <summary>Copies a block.</summary>
    public void Copy() => _from.CopyTo(_to.AsSpan());

    /// <summary>Runs chains of multiply-adds in registers.</summary>
    public void MultiplyAdds()
    {
        Vector<float> x = new(0.5f), y = new(0.25f);
        Vector<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector.FusedMultiplyAdd(a, x, y);
            b = Vector.FusedMultiplyAdd(b, x, y);
            c = Vector.FusedMultiplyAdd(c, x, y);
            d = Vector.FusedMultiplyAdd(d, x, y);
            e = Vector.FusedMultiplyAdd(e, x, y);
            f = Vector.FusedMultiplyAdd(f, x, y);
            g = Vector.FusedMultiplyAdd(g, x, y);
            h = Vector.FusedMultiplyAdd(h, x, y);
            i = Vector.FusedMultiplyAdd(i, x, y);
            j = Vector.FusedMultiplyAdd(j, x, y);
            k = Vector.FusedMultiplyAdd(k, x, y);
            l = Vector.FusedMultiplyAdd(l, x, y);
        }

        Sum = Vector.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
