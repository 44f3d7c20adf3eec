using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Execution;

/// <summary>
/// Room for the sums of every partition, and their reduction, element by element, by a binary tree over the index of the partitions: level by
/// level, slot[i] += slot[i + s] for every i that is a multiple of 2·s, s = 1, 2, 4, …; slot[0] is the sum. What stands below a node depends on
/// nothing beside it, so a subtree may be summed elsewhere and gives the same bits.
/// </summary>
internal sealed unsafe class PartitionSums<T> : IPieces, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A piece of every level of the tree stays in the first level of cache.
    private const int PieceLength = 1024;

    private readonly KernelRunner<T> _runner;
    private readonly HostMemory<T> _slots;
    private readonly long _slotLength;
    private readonly (TensorRef<T> Total, TensorRef<T> First, bool Adds)[] _pieces;
    private GCHandle _handle;
    private int _partitions;

    /// <summary>Allocates it.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="runner">Its threads.</param>
    /// <param name="split">The pass whose sums they are.</param>
    /// <param name="shared">Where the totals lie.</param>
    /// <param name="partitions">The most partitions.</param>
    public PartitionSums(IBackend<T> backend, KernelRunner<T> runner, SampleSplit<T> split, SharedMemory<T> shared, int partitions)
    {
        (_runner, _slotLength) = (runner, split.SumLength);
        _slots = (HostMemory<T>)backend.Allocate<T>(Math.Max(1, partitions * _slotLength));
        _pieces = [.. split.Sums.SelectMany(sum => Pieces(sum, shared.Map(sum.Total)))];
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    /// <summary>The bytes held.</summary>
    public long Bytes => _slots.ByteLength;

    /// <summary>Keeps what a partition has added up.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="sums">Its sums.</param>
    public void Keep(int partition, HostMemory<T> sums) =>
        sums.Span.CopyTo(_slots.Span.Slice((int)(partition * _slotLength), (int)_slotLength));

    /// <summary>Adds up the partitions.</summary>
    /// <param name="partitions">How many.</param>
    public void Reduce(int partitions)
    {
        _partitions = partitions;
        PiecesJob job = new(_handle);
        _runner.Pool.For(_pieces.Length, ref job);
    }

    /// <inheritdoc/>
    public void RunPiece(int index, Worker worker)
    {
        (TensorRef<T> total, TensorRef<T> first, bool adds) = _pieces[index];
        T* x = HostMemory<T>.PointerTo(first), y = HostMemory<T>.PointerTo(total);
        int length = (int)total.Length, levels = BitOperations.Log2((uint)_partitions) + 1;
        T* nodes = stackalloc T[PieceLength * levels];
        T* sum = Reduce(x, length, nodes);
        if (adds)
        {
            _runner.Kernels.Add(sum, y, length);
        }
        else
        {
            new Span<T>(sum, length).CopyTo(new Span<T>(y, length));
        }
    }

    /// <summary>
    /// The tree, partition by partition: nodes[k] is the last whole subtree of 2ᵏ partitions that waits for its right-hand neighbour. Every
    /// partition is read once and stays as it is.
    /// </summary>
    private T* Reduce(T* first, int length, T* nodes)
    {
        for (int partition = 0; partition < _partitions; partition++)
        {
            T* sum = first + (partition * _slotLength);
            int level = 0;
            for (; ((partition >> level) & 1) != 0; level++)
            {
                sum = Join(nodes + (level * PieceLength), sum, length);
            }

            new Span<T>(sum, length).CopyTo(new Span<T>(nodes + (level * PieceLength), length));
        }

        // What waits at the end are subtrees of falling size, from left to right.
        int lowest = BitOperations.TrailingZeroCount(_partitions);
        T* rest = nodes + (lowest * PieceLength);
        for (int level = lowest + 1; (_partitions >> level) != 0; level++)
        {
            rest = ((_partitions >> level) & 1) != 0 ? Join(nodes + (level * PieceLength), rest, length) : rest;
        }

        return rest;
    }

    private T* Join(T* left, T* right, int length)
    {
        _runner.Kernels.Add(right, left, length);
        return left;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _slots.Dispose();
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
    }

    private IEnumerable<(TensorRef<T> Total, TensorRef<T> First, bool Adds)> Pieces(SampleSum<T> sum, TensorRef<T> total)
    {
        for (long start = 0; start < total.Length; start += PieceLength)
        {
            TensorRef<T> piece = total.Slice(start, Math.Min(PieceLength, total.Length - start));
            yield return (piece, _slots.View(sum.Offset + start, piece.Shape), sum.Adds);
        }
    }
}
