using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

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

    private struct Job1<TMap> : IJob
        where TMap : unmanaged, IMap1<V>
    {
        public TMap Map;
        public T* A;
        public T* Y;
        public long Length;

        public void Run(int index, Worker worker)
        {
            nint i = (nint)index * Piece, end = (nint)Math.Min(i + Piece, Length);
            for (; i <= end - S.Count; i += S.Count)
            {
                S.Store(Map.Invoke(S.Load(A + i)), Y + i);
            }

            if (i < end)
            {
                Partial<S, V, T>.Store(Map.Invoke(Partial<S, V, T>.Load(A + i, end - i)), Y + i, end - i);
            }
        }
    }

    private struct Job2<TMap> : IJob
        where TMap : unmanaged, IMap2<V>
    {
        public TMap Map;
        public T* A;
        public T* B;
        public T* Y;
        public long Length;

        public void Run(int index, Worker worker)
        {
            nint i = (nint)index * Piece, end = (nint)Math.Min(i + Piece, Length);
            for (; i <= end - S.Count; i += S.Count)
            {
                S.Store(Map.Invoke(S.Load(A + i), S.Load(B + i)), Y + i);
            }

            if (i < end)
            {
                nint rest = end - i;
                Partial<S, V, T>.Store(Map.Invoke(Partial<S, V, T>.Load(A + i, rest), Partial<S, V, T>.Load(B + i, rest)), Y + i, rest);
            }
        }
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

        public void Run(int index, Worker worker)
        {
            nint i = (nint)index * Piece, end = (nint)Math.Min(i + Piece, Length);
            for (; i <= end - S.Count; i += S.Count)
            {
                S.Store(Map.Invoke(S.Load(A + i), S.Load(B + i), S.Load(C + i)), Y + i);
            }

            if (i < end)
            {
                nint rest = end - i;
                V a = Partial<S, V, T>.Load(A + i, rest), b = Partial<S, V, T>.Load(B + i, rest), c = Partial<S, V, T>.Load(C + i, rest);
                Partial<S, V, T>.Store(Map.Invoke(a, b, c), Y + i, rest);
            }
        }
    }
}
