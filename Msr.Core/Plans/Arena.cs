using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>
/// Packs the activations of a sequence of ops into one block by liveness: two activations share memory when no op stands between the first
/// use of one and the last use of the other. Largest first, each at the lowest offset that is free for its whole life.
/// </summary>
public sealed class Arena
{
    /// <summary>Offsets are multiples of this many elements, so that every tensor starts on a cache line in any precision.</summary>
    public const int Alignment = 64;

    private readonly Dictionary<DeviceMemory, long> _offsets = new(ReferenceEqualityComparer.Instance);

    private Arena()
    {
    }

    /// <summary>The elements that all activations need together.</summary>
    public long Length { get; private set; }

    /// <summary>Packs the activations of element type T.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="ops">The ops in the order in which they run.</param>
    public static Arena Pack<T>(IEnumerable<Op<T>> ops)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Pack(ops.Select(static op => (IEnumerable<Op<T>>)[op]), static buffer => buffer.Length);

    /// <summary>Packs the activations of element type T of ops that run in groups.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="groups">The groups in the order in which they run. The ops of a group run at once.</param>
    /// <param name="lengthOf">The elements to make room for.</param>
    public static Arena Pack<T>(IEnumerable<IEnumerable<Op<T>>> groups, Func<IPlanBuffer, long> lengthOf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(lengthOf);
        Arena arena = new();
        List<Placed> placed = [];
        foreach (Life life in Lives(groups, lengthOf).OrderByDescending(static life => life.Length).ThenBy(static life => life.First))
        {
            long offset = LowestFreeOffset(placed, life);
            placed.Add(new Placed(life, offset));
            arena._offsets.Add(life.Buffer, offset);
            arena.Length = Math.Max(arena.Length, offset + life.Length);
        }

        return arena;
    }

    /// <summary>The offset of a buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Its first element in the block.</param>
    /// <returns>Whether the buffer is in the arena.</returns>
    public bool TryGetOffset(DeviceMemory buffer, out long offset) => _offsets.TryGetValue(buffer, out offset);

    private static List<Life> Lives<T>(IEnumerable<IEnumerable<Op<T>>> groups, Func<IPlanBuffer, long> lengthOf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Dictionary<DeviceMemory, Life> lives = new(ReferenceEqualityComparer.Instance);
        int index = 0;
        foreach (IEnumerable<Op<T>> group in groups)
        {
            foreach (Operand operand in group.SelectMany(static op => op.Operands))
            {
                if (operand.Memory is PlanBuffer<T> { Role: BufferRole.Activation } buffer)
                {
                    long length = (lengthOf(buffer) + Alignment - 1) / Alignment * Alignment;
                    int first = lives.TryGetValue(buffer, out Life? life) ? life.First : index;
                    lives[buffer] = new Life(buffer, length, first, index);
                }
            }

            index++;
        }

        return [.. lives.Values];
    }

    private static long LowestFreeOffset(List<Placed> placed, Life life)
    {
        long offset = 0;
        foreach (Placed other in placed.Where(other => other.Life.Overlaps(life)).OrderBy(static other => other.Offset))
        {
            if (offset + life.Length <= other.Offset)
            {
                break;
            }

            offset = Math.Max(offset, other.Offset + other.Life.Length);
        }

        return offset;
    }

    private sealed record Life(DeviceMemory Buffer, long Length, int First, int Last)
    {
        public bool Overlaps(Life other) => First <= other.Last && other.First <= Last;
    }

    private sealed record Placed(Life Life, long Offset);
}
