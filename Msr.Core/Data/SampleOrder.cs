using Msr.Core.Numerics;

namespace Msr.Core.Data;

/// <summary>
/// The order in which an epoch visits its samples: a permutation of 0 … N−1 that is a function of (seed, epoch, N) alone. It is kept for
/// one epoch at a time and costs no allocation after construction. For one thread at a time.
/// </summary>
public sealed class SampleOrder
{
    private readonly RandomStream _stream;
    private readonly int[] _order;
    private int _epoch = -1;

    /// <summary>Creates the orders of a seed.</summary>
    /// <param name="count">The number of samples, at least 1.</param>
    /// <param name="seed">The user's seed; epoch e is drawn from the stream <c>seed / "order" / e</c>.</param>
    public SampleOrder(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _order = new int[count];
        _stream = new RandomStream(seed).Split("order");
    }

    /// <summary>The order of an epoch; valid until another epoch is asked for.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public ReadOnlySpan<int> Of(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (epoch != _epoch)
        {
            for (int sample = 0; sample < _order.Length; sample++)
            {
                _order[sample] = sample;
            }

            _stream.Split((ulong)epoch).Shuffle(_order.AsSpan());
            _epoch = epoch;
        }

        return _order;
    }
}
