using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Execution;

/// <summary>Room for the sums of every lane, and their reduction: total = lane 0 + lane 1 + …, element by element, in this order.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed unsafe class LaneSums<T> : IPieces, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int PieceLength = 4096;

    private readonly KernelRunner<T> _runner;
    private readonly HostMemory<T> _slots;
    private readonly long _slotLength;
    private readonly (TensorRef<T> Total, TensorRef<T> First, bool Adds)[] _pieces;
    private GCHandle _handle;
    private int _lanes;

    /// <summary>Allocates it.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="runner">Its threads.</param>
    /// <param name="split">The pass whose sums they are.</param>
    /// <param name="shared">Where the totals lie.</param>
    /// <param name="lanes">The most lanes.</param>
    public LaneSums(IBackend<T> backend, KernelRunner<T> runner, SampleSplit<T> split, SharedMemory<T> shared, int lanes)
    {
        (_runner, _slotLength) = (runner, split.SumLength);
        _slots = (HostMemory<T>)backend.Allocate<T>(Math.Max(1, lanes * _slotLength));
        _pieces = [.. split.Sums.SelectMany(sum => Pieces(sum, shared.Map(sum.Total)))];
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    /// <summary>The bytes held.</summary>
    public long Bytes => _slots.ByteLength;

    /// <summary>Keeps what a lane has added up.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sums">Its sums.</param>
    public void Keep(int lane, HostMemory<T> sums) =>
        sums.Span.CopyTo(_slots.Span.Slice((int)(lane * _slotLength), (int)_slotLength));

    /// <summary>Adds up the lanes.</summary>
    /// <param name="lanes">How many.</param>
    public void Reduce(int lanes)
    {
        _lanes = lanes;
        PiecesJob job = new(_handle);
        _runner.Pool.For(_pieces.Length, ref job);
    }

    /// <inheritdoc/>
    public void RunPiece(int index, Worker worker)
    {
        (TensorRef<T> total, TensorRef<T> first, bool adds) = _pieces[index];
        T* x = HostMemory<T>.PointerTo(first), y = HostMemory<T>.PointerTo(total);
        if (!adds)
        {
            new Span<T>(x, (int)total.Length).CopyTo(new Span<T>(y, (int)total.Length));
        }

        for (int lane = adds ? 0 : 1; lane < _lanes; lane++)
        {
            _runner.Kernels.Add(x + (lane * _slotLength), y, (nint)total.Length);
        }
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
