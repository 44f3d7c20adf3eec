using System.Runtime.InteropServices;
using Msr.Core.Numerics;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace PropertyTests.Cuda.Ptx;

/// <summary>
/// Random accesses of few threads to few words, against the definition of a race pair by pair: two threads, one word, not two reads, not two
/// atomics, and either two blocks or one barrier interval.
/// </summary>
public sealed class GeneratedRaceTests
{
    private const int Blocks = 3;
    private const int Threads = 40;
    private const int Intervals = 3;

    // Accesses that a thread may make in one interval.
    private const int Turns = 2;
    private const int Codes = Blocks * Intervals * Turns * Threads;
    private const int Launches = 4000;

    // Of two warps, the second of which is not full.
    private static readonly int[] s_threads = [0, 1, 2, 33, 39];

    private readonly PtxBench _bench = new();

    private enum Kind
    {
        None,
        Read,
        Write,
        Atomic,
    }

    [Theory]
    [InlineData("global")]
    [InlineData("shared")]
    public void A_race_is_found_just_where_there_is_one(string space)
    {
        RandomStream random = new(6);
        PtxKernel kernel = PtxModule.Parse(PtxBench.Module(Body(space), ".shared .align 4 .b8 x[8];")).Kernels["k"];
        (ulong words, ulong table) = (_bench.Upload(0, 0), _bench.Upload(new int[Codes]));
        int races = 0;
        for (int launch = 0; launch < Launches; launch++)
        {
            List<Access> accesses = Draw(random.Split((ulong)launch));
            Span<int> codes = MemoryMarshal.Cast<byte, int>(_bench.Memory.Bytes(table, Codes * sizeof(int)));
            codes.Clear();
            foreach (Access access in accesses)
            {
                codes[(((((access.Block * Intervals) + access.Interval) * Turns) + access.Turn) * Threads) + access.Thread] = (int)access.Kind | (access.Word << 2);
            }

            bool expected = accesses.Any(one => accesses.Exists(other => Race(one, other, space == "shared")));
            Exception? fault = Record.Exception(() => _bench.Machine.Launch(kernel, (Blocks, 1, 1), (Threads, 1, 1), MemoryMarshal.AsBytes<ulong>([words, table, 0])));
            string all = string.Join("; ", accesses);
            Assert.True(expected == fault is not null, $"{all}: {fault?.Message ?? "no fault"}");
            Assert.True(fault is null || (fault is EmulationException && fault.Message.Contains("race: ", StringComparison.Ordinal)), $"{all}: {fault}");
            races += expected ? 1 : 0;
        }

        Assert.InRange(races, Launches / 6, 5 * Launches / 6);
    }

    private static bool Race(Access one, Access other, bool shared) =>
        (one.Block, one.Thread) != (other.Block, other.Thread)
        && one.Word == other.Word
        && (one.Kind != Kind.Read || other.Kind != Kind.Read)
        && (one.Kind != Kind.Atomic || other.Kind != Kind.Atomic)
        && (one.Block == other.Block ? one.Interval == other.Interval : !shared);

    private static List<Access> Draw(RandomStream random)
    {
        List<Access> accesses = [];
        int count = 2 + random.Below(0, 7);
        for (int i = 0; i < count; i++)
        {
            ulong at = 8 * (ulong)(i + 1);
            Access access = new(
                random.Below(at, Blocks),
                random.Below(at + 1, Intervals),
                random.Below(at + 2, Turns),
                s_threads[random.Below(at + 3, s_threads.Length)],
                random.Below(at + 4, 2),
                (Kind)(1 + random.Below(at + 5, 3)));
            if (!accesses.Exists(earlier => earlier with { Word = access.Word, Kind = access.Kind } == access))
            {
                accesses.Add(access);
            }
        }

        return accesses;
    }

    // For each turn a thread finds a code in the table: what it does in the low two bits, and to which word.
    private static string Body(string space)
    {
        string turn = $"""
            ld.global.u32 %r3, [%d9];
            add.s64 %d9, %d9, {4 * Threads};
            and.b32 %r4, %r3, 3;
            shr.u32 %r5, %r3, 2;
            mul.wide.u32 %d10, %r5, 4;
            add.s64 %d10, %d10, %d11;
            setp.eq.s32 %p1, %r4, 1;
            setp.eq.s32 %p2, %r4, 2;
            setp.eq.s32 %p3, %r4, 3;
            @%p1 ld.{space}.u32 %r6, [%d10];
            @%p2 st.{space}.u32 [%d10], 1;
            @%p3 red.{space}.add.u32 [%d10], 1;

            """;
        return $"""
            mad.lo.s32 %r7, %r2, {Codes / Blocks}, %r1;
            mul.wide.u32 %d9, %r7, 4;
            add.s64 %d9, %d9, %d2;
            mov.u64 %d11, {(space == "shared" ? "x" : "%d1")};
            setp.ne.s32 %p4, %r1, 0;
            @%p4 bra FILLED;
            st.shared.u32 [x], 0;
            st.shared.u32 [x+4], 0;
            FILLED: bar.sync 0;
            {string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat(turn, Turns)) + "bar.sync 0;\n", Intervals))}
            """;
    }

    private readonly record struct Access(int Block, int Interval, int Turn, int Thread, int Word, Kind Kind);
}
