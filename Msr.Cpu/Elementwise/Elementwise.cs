using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Elementwise;

/// <summary>Applies a function to every element, in pieces that stay in a first-level cache's reach; up to one piece wakes nobody.</summary>
internal static unsafe class Elementwise<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>Elements of a piece; a multiple of every vector.</summary>
    public const int Piece = 1 << 14;

    /// <summary>y = map(a).</summary>
    public static void Map<TMap>(KernelContext context, TMap map, T* a, T* y, long length)
        where TMap : unmanaged, IMap1<V>
    {
        Job1<TMap> job = new() { Map = map, A = a, Y = y, Length = length };
        context.Pool.For(Pieces(length), ref job);
    }

    /// <summary>y = map(a, b).</summary>
    public static void Map<TMap>(KernelContext context, TMap map, T* a, T* b, T* y, long length)
        where TMap : unmanaged, IMap2<V>
    {
        Job2<TMap> job = new() { Map = map, A = a, B = b, Y = y, Length = length };
        context.Pool.For(Pieces(length), ref job);
    }

    /// <summary>y = map(a, b, c).</summary>
    public static void Map<TMap>(KernelContext context, TMap map, T* a, T* b, T* c, T* y, long length)
        where TMap : unmanaged, IMap3<V>
    {
        Job3<TMap> job = new() { Map = map, A = a, B = b, C = c, Y = y, Length = length };
        context.Pool.For(Pieces(length), ref job);
    }

    /// <summary>The pieces of so many elements.</summary>
    public static int Pieces(long length) => checked((int)((length + Piece - 1) / Piece));

    /// <summary>y = map(a) for some elements.</summary>
    public static void Range<TMap>(TMap map, T* a, T* y, nint begin, nint end)
        where TMap : unmanaged, IMap1<V>
    {
        nint i = begin;
        for (; i <= end - S.Count; i += S.Count)
        {
            S.Store(map.Invoke(S.Load(a + i)), y + i);
        }

        if (i < end)
        {
            Partial<S, V, T>.Store(map.Invoke(Partial<S, V, T>.Load(a + i, end - i)), y + i, end - i);
        }
    }

    /// <summary>y = map(a, b) for some elements.</summary>
    public static void Range<TMap>(TMap map, T* a, T* b, T* y, nint begin, nint end)
        where TMap : unmanaged, IMap2<V>
    {
        nint i = begin;
        for (; i <= end - S.Count; i += S.Count)
        {
            S.Store(map.Invoke(S.Load(a + i), S.Load(b + i)), y + i);
        }

        if (i < end)
        {
            nint rest = end - i;
            Partial<S, V, T>.Store(map.Invoke(Partial<S, V, T>.Load(a + i, rest), Partial<S, V, T>.Load(b + i, rest)), y + i, rest);
        }
    }

    /// <summary>y = map(a, b, c) for some elements.</summary>
    public static void Range<TMap>(TMap map, T* a, T* b, T* c, T* y, nint begin, nint end)
        where TMap : unmanaged, IMap3<V>
    {
        nint i = begin;
        for (; i <= end - S.Count; i += S.Count)
        {
            S.Store(map.Invoke(S.Load(a + i), S.Load(b + i), S.Load(c + i)), y + i);
        }

        if (i < end)
        {
            nint rest = end - i;
            V x = Partial<S, V, T>.Load(a + i, rest), z = Partial<S, V, T>.Load(b + i, rest), v = Partial<S, V, T>.Load(c + i, rest);
            Partial<S, V, T>.Store(map.Invoke(x, z, v), y + i, rest);
        }
    }

    private static nint End(int piece, long length) => (nint)Math.Min(((long)piece + 1) * Piece, length);

    private struct Job1<TMap> : IJob
        where TMap : unmanaged, IMap1<V>
    {
        public TMap Map;
        public T* A;
        public T* Y;
        public long Length;

        public readonly void Run(int index, Worker worker) => Range(Map, A, Y, (nint)index * Piece, End(index, Length));
    }

    private struct Job2<TMap> : IJob
        where TMap : unmanaged, IMap2<V>
    {
        public TMap Map;
        public T* A;
        public T* B;
        public T* Y;
        public long Length;

        public readonly void Run(int index, Worker worker) => Range(Map, A, B, Y, (nint)index * Piece, End(index, Length));
    }

    private struct Job3<TMap> : IJob
        where TMap : unmanaged, IMap3<V>
    {
        public TMap Map;
        public T* A;
        public T* B;
        public T* C;
        public T* Y;
        public long Length;

        public readonly void Run(int index, Worker worker) => Range(Map, A, B, C, Y, (nint)index * Piece, End(index, Length));
    }
}

/// <summary>An elementwise function of one tensor.</summary>
internal interface IMap1<V>
{
    V Invoke(V a);
}

/// <summary>An elementwise function of two tensors.</summary>
internal interface IMap2<V>
{
    V Invoke(V a, V b);
}

/// <summary>An elementwise function of three tensors.</summary>
internal interface IMap3<V>
{
    V Invoke(V a, V b, V c);
}
