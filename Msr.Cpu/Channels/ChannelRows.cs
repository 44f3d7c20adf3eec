using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Channels;

/// <summary>Maps and sums over rows [rows, C] of channels-last tensors.</summary>
internal static unsafe class ChannelRows<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    private const int PieceElements = 1 << 14;
    private const int RowGranule = 16;
    private const int WideRows = 8 * RowGranule;

    /// <summary>Elements of memory that <see cref="Sum"/> needs for its partial sums.</summary>
    public static long SumLength<TTerm>(long rows, int channels)
        where TTerm : unmanaged, IChannelTerm<V> => (long)Blocks(rows, SumRows(channels)) * PartialLength<TTerm>(channels);

    /// <summary>y = map(a, b, channel).</summary>
    public static void Map<TMap>(KernelContext context, TMap map, T* a, T* b, T* y, long rows, int channels)
        where TMap : unmanaged, IChannelMap<V>
    {
        MapJob<TMap> job = new() { Map = map, A = a, B = b, Y = y, Rows = rows, Channels = channels };
        context.Pool.For(Blocks(rows, BlockRows(channels)), ref job);
    }

    /// <summary>Sums per channel: blocks of rows, added up in order. Leaves the sums at <c>partials[0..C]</c> and, for a second sum, one period further.</summary>
    public static void Sum<TTerm>(KernelContext context, TTerm term, T* a, T* b, long rows, int channels, T* partials)
        where TTerm : unmanaged, IChannelTerm<V>
    {
        int blocks = Blocks(rows, SumRows(channels)), length = PartialLength<TTerm>(channels);
        SumJob<TTerm> job = new() { Term = term, A = a, B = b, Rows = rows, Channels = channels, Partials = partials };
        context.Pool.For(blocks, ref job);
        for (nint block = 1; block < blocks; block++)
        {
            T* partial = partials + (block * length);
            for (nint i = 0; i < length; i += S.Count)
            {
                S.Store(S.Add(S.Load(partials + i), S.Load(partial + i)), partials + i);
            }
        }

        int period = ChannelPattern<S, V, T>.Period(channels);
        for (int sums = 0; sums < length; sums += period)
        {
            FoldPeriod(partials + sums, channels, period);
        }
    }

    private static int BlockRows(int channels) => Math.Max(1, PieceElements / RowGranule / channels) * RowGranule;

    // The most rows of one block of a sum. It depends on C and the vector width alone: blocks decide the order of sums. Partial sums of channels
    // that no vector divides are as long as S.Count rows; where only so many made a block they would be as much as the tensor.
    private static int SumRows(int channels) =>
        channels % S.Count != 0 && BlockRows(channels) == RowGranule ? WideRows : BlockRows(channels);

    private static int Blocks(long rows, int blockRows) => checked((int)((rows + blockRows - 1) / blockRows));

    private static int PartialLength<TTerm>(int channels)
        where TTerm : unmanaged, IChannelTerm<V> => (TTerm.HasSecond ? 2 : 1) * ChannelPattern<S, V, T>.Period(channels);

    private static void FoldPeriod(T* sums, int channels, int period)
    {
        for (int row = channels; row < period; row += channels)
        {
            for (int c = 0; c < channels; c += S.Count)
            {
                nint count = Math.Min(S.Count, channels - c);
                V total = S.Add(Partial<S, V, T>.Load(sums + c, count), Partial<S, V, T>.Load(sums + row + c, count));
                Partial<S, V, T>.Store(total, sums + c, count);
            }
        }
    }

    private struct MapJob<TMap> : IJob
        where TMap : unmanaged, IChannelMap<V>
    {
        public TMap Map;
        public T* A;
        public T* B;
        public T* Y;
        public long Rows;
        public int Channels;

        public void Run(int index, Worker worker)
        {
            nint i = (nint)index * BlockRows(Channels) * Channels;
            nint end = (nint)Math.Min(i + ((nint)BlockRows(Channels) * Channels), Rows * Channels);
            nint period = ChannelPattern<S, V, T>.Period(Channels), column = 0;
            for (; i <= end - S.Count; i += S.Count)
            {
                S.Store(Map.Invoke(S.Load(A + i), S.Load(B + i), column), Y + i);
                column += S.Count;
                column = column == period ? 0 : column;
            }

            if (i < end)
            {
                nint rest = end - i;
                V y = Map.Invoke(Partial<S, V, T>.Load(A + i, rest), Partial<S, V, T>.Load(B + i, rest), column);
                Partial<S, V, T>.Store(y, Y + i, rest);
            }
        }
    }

    private struct SumJob<TTerm> : IJob
        where TTerm : unmanaged, IChannelTerm<V>
    {
        public TTerm Term;
        public T* A;
        public T* B;
        public long Rows;
        public int Channels;
        public T* Partials;

        public void Run(int index, Worker worker)
        {
            nint period = ChannelPattern<S, V, T>.Period(Channels);
            nint begin = (nint)index * SumRows(Channels) * Channels;
            nint length = (nint)Math.Min((nint)SumRows(Channels) * Channels, (Rows * Channels) - begin);
            nint whole = length / period * period;
            T* sums = Partials + ((nint)index * PartialLength<TTerm>(Channels));
            nint column = 0;
            for (; column <= period - (2 * S.Count); column += 2 * S.Count)
            {
                SumPair(begin + column, begin + whole, period, column, sums + column);
            }

            for (; column < period; column += S.Count)
            {
                SumOne(begin + column, begin + whole, period, column, sums + column);
            }

            AddRest(begin + whole, begin + length, sums, period);
        }

        private readonly void SumPair(nint i, nint end, nint period, nint column, T* sums)
        {
            V a = S.Zero, b = a, c = a, d = a;
            for (; i < end; i += period)
            {
                V x = S.Load(A + i), y = S.Load(B + i);
                a = S.Add(a, Term.First(x, y, column));
                if (TTerm.HasSecond)
                {
                    c = S.Add(c, Term.Second(x, y, column));
                }

                (x, y) = (S.Load(A + i + S.Count), S.Load(B + i + S.Count));
                b = S.Add(b, Term.First(x, y, column + S.Count));
                if (TTerm.HasSecond)
                {
                    d = S.Add(d, Term.Second(x, y, column + S.Count));
                }
            }

            S.Store(a, sums);
            S.Store(b, sums + S.Count);
            if (TTerm.HasSecond)
            {
                S.Store(c, sums + period);
                S.Store(d, sums + period + S.Count);
            }
        }

        private readonly void SumOne(nint i, nint end, nint period, nint column, T* sums)
        {
            V a = S.Zero, c = a;
            for (; i < end; i += period)
            {
                V x = S.Load(A + i), y = S.Load(B + i);
                a = S.Add(a, Term.First(x, y, column));
                if (TTerm.HasSecond)
                {
                    c = S.Add(c, Term.Second(x, y, column));
                }
            }

            S.Store(a, sums);
            if (TTerm.HasSecond)
            {
                S.Store(c, sums + period);
            }
        }

        // Rows that do not fill a period. Lanes without an element may not add anything: not even the term of a zero.
        private readonly void AddRest(nint i, nint end, T* sums, nint period)
        {
            for (nint column = 0; i < end; i += S.Count, column += S.Count)
            {
                nint count = Math.Min(S.Count, end - i);
                V x = Partial<S, V, T>.Load(A + i, count), y = Partial<S, V, T>.Load(B + i, count);
                V first = Term.First(x, y, column);
                S.Store(S.Add(S.Load(sums + column), Partial<S, V, T>.Load((T*)&first, count)), sums + column);
                if (TTerm.HasSecond)
                {
                    V second = Term.Second(x, y, column);
                    S.Store(S.Add(S.Load(sums + period + column), Partial<S, V, T>.Load((T*)&second, count)), sums + period + column);
                }
            }
        }
    }
}

/// <summary>A function of one or two tensors [..., C] and of constants per channel, which it loads from patterns by column.</summary>
internal interface IChannelMap<V>
{
    V Invoke(V a, V b, nint column);
}

/// <summary>The term that one row adds to one or two sums per channel.</summary>
internal interface IChannelTerm<V>
{
    /// <summary>Whether there is a second sum.</summary>
    static abstract bool HasSecond { get; }

    V First(V a, V b, nint column);

    V Second(V a, V b, nint column);
}
