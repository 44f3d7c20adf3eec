using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>
/// Working memory of one op at a time. Every block is aligned like <see cref="HostMemory{E}"/>: sums of TensorPrimitives add up in an order that
/// depends on where their spans begin, so what is summed lies here, never where a caller put it.
/// </summary>
internal sealed unsafe class Workspace
{
    /// <summary>The longest span that one call works on: its sources and its destination stay in the first level of cache.</summary>
    public const int LongestSpan = 2048;

    private readonly List<Scratch> _blocks = [];
    private int _taken;

    /// <summary>A block, its contents undefined, until <see cref="Release"/>.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    public Span<E> Take<E>(long length)
        where E : unmanaged
    {
        if (_taken == _blocks.Count)
        {
            _blocks.Add(new Scratch());
        }

        return new Span<E>(_blocks[_taken++].Reserve<E>(length), checked((int)length));
    }

    /// <summary>A block of zeros.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    public Span<E> TakeZeros<E>(long length)
        where E : unmanaged
    {
        Span<E> block = Take<E>(length);
        block.Clear();
        return block;
    }

    /// <summary>Takes all blocks back.</summary>
    public void Release() => _taken = 0;
}
