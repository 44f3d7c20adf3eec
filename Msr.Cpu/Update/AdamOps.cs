using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Update;

/// <summary>The direction of Adam in one pass over gradient and both moments.</summary>
internal static unsafe class AdamOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, AdamDirection<T> op)
    {
        T* correction = HostMemory<T>.PointerTo(op.Correction);
        Job job = new()
        {
            G = HostMemory<T>.PointerTo(op.G),
            First = HostMemory<T>.PointerTo(op.M),
            Second = HostMemory<T>.PointerTo(op.V),
            D = HostMemory<T>.PointerTo(op.D),
            Length = op.G.Length,
            Beta1 = Constant(op.Settings.Beta1),
            Rest1 = Constant(1 - op.Settings.Beta1),
            Beta2 = Constant(op.Settings.Beta2),
            Rest2 = Constant(1 - op.Settings.Beta2),
            Correction1 = S.Broadcast(correction[0]),
            Correction2 = S.Broadcast(correction[1]),
            Epsilon = Constant(op.Settings.Epsilon),
        };
        context.Pool.For(Elementwise<S, V, T>.Pieces(job.Length), ref job);
    }

    private static V Constant(double value) => S.Broadcast(T.CreateTruncating(value));

    private struct Job : IJob
    {
        public T* G;
        public T* First;
        public T* Second;
        public T* D;
        public long Length;
        public V Beta1;
        public V Rest1;
        public V Beta2;
        public V Rest2;
        public V Correction1;
        public V Correction2;
        public V Epsilon;

        public readonly void Run(int index, Worker worker)
        {
            nint i = (nint)index * Elementwise<S, V, T>.Piece, end = (nint)Math.Min(i + Elementwise<S, V, T>.Piece, Length);
            for (; i <= end - S.Count; i += S.Count)
            {
                V m = S.Load(First + i), v = S.Load(Second + i);
                V d = Direction(S.Load(G + i), ref m, ref v);
                S.Store(m, First + i);
                S.Store(v, Second + i);
                S.Store(d, D + i);
            }

            if (i < end)
            {
                nint rest = end - i;
                V m = Partial<S, V, T>.Load(First + i, rest), v = Partial<S, V, T>.Load(Second + i, rest);
                V d = Direction(Partial<S, V, T>.Load(G + i, rest), ref m, ref v);
                Partial<S, V, T>.Store(m, First + i, rest);
                Partial<S, V, T>.Store(v, Second + i, rest);
                Partial<S, V, T>.Store(d, D + i, rest);
            }
        }

        private readonly V Direction(V g, ref V m, ref V v)
        {
            m = S.MultiplyAdd(Beta1, m, S.Multiply(Rest1, g));
            v = S.MultiplyAdd(Beta2, v, S.Multiply(Rest2, S.Multiply(g, g)));
            return S.Divide(S.Multiply(m, Correction1), S.Add(S.Sqrt(S.Multiply(v, Correction2)), Epsilon));
        }
    }
}
