using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Pooling;

/// <summary>Maximum pooling, a vector of channels at a time; samples are independent.</summary>
internal static unsafe class MaxPool<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y and argmax from x.</summary>
    public static void Run(KernelContext context, MaxPoolForward<T> op)
    {
        ForwardJob job = new()
        {
            Windows = Windows<T>.Of(op.Geometry, null),
            X = HostMemory<T>.PointerTo(op.X),
            Y = HostMemory<T>.PointerTo(op.Y),
            Argmax = HostMemory<int>.PointerTo(op.Argmax),
        };
        context.For(op.X.Shape[0] * job.Windows.P, ref job, op.X.Length);
    }

    /// <summary>dx from dy and argmax.</summary>
    public static void Run(KernelContext context, MaxPoolBackward<T> op)
    {
        BackwardJob job = new()
        {
            Windows = Windows<T>.Of(op.Geometry, null),
            Dy = HostMemory<T>.PointerTo(op.Dy),
            Argmax = HostMemory<int>.PointerTo(op.Argmax),
            Dx = HostMemory<T>.PointerTo(op.Dx),
            Accumulate = op.Accumulate,
        };
        context.For(op.Dy.Shape[0], ref job, op.Dx.Length);
    }

    private struct ForwardJob : IJob
    {
        public Windows<T> Windows;
        public T* X;
        public T* Y;
        public int* Argmax;

        public readonly void Run(int index, Worker worker)
        {
            int p = index % Windows.P;
            T* x = X + (index / Windows.P * Windows.InputLength);
            nint output = (nint)index * Windows.Q * Windows.C;
            for (int q = 0; q < Windows.Q; q++)
            {
                for (int c = 0; c < Windows.C; c += S.Count)
                {
                    int count = Math.Min(S.Count, Windows.C - c);
                    V best = count == S.Count
                        ? Largest<Whole>(x + c, p, q, count, out V where)
                        : Largest<Rest>(x + c, p, q, count, out where);
                    nint place = output + ((nint)q * Windows.C) + c;
                    Partial<S, V, T>.Store(best, Y + place, count);
                    StoreIndices((T*)&where, Argmax + place, count);
                }
            }
        }

        private static void StoreIndices(T* bits, int* destination, int count)
        {
            for (int i = 0; i < count; i++)
            {
                destination[i] = *(int*)(bits + i);
            }
        }

        private readonly V Largest<TLoad>(T* x, int p, int q, int count, out V where)
            where TLoad : struct, ILoad
        {
            (int top, int bottom, int left, int right) = Windows.At(p, q);
            V best = TLoad.Load(x + (((nint)top * Windows.W) + left) * Windows.C, count);
            where = S.BroadcastIndex((top * Windows.W) + left);
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    V candidate = TLoad.Load(x + (((nint)h * Windows.W) + w) * Windows.C, count);
                    where = S.SelectBeats(candidate, best, S.BroadcastIndex((h * Windows.W) + w), where);
                    best = S.SelectBeats(candidate, best, candidate, best);
                }
            }

            return best;
        }
    }

    private interface ILoad
    {
        static abstract V Load(T* source, int count);
    }

    private readonly struct Whole : ILoad
    {
        public static V Load(T* source, int count) => S.Load(source);
    }

    private readonly struct Rest : ILoad
    {
        public static V Load(T* source, int count) => Partial<S, V, T>.Load(source, count);
    }

    private struct BackwardJob : IJob
    {
        public Windows<T> Windows;
        public T* Dy;
        public int* Argmax;
        public T* Dx;
        public bool Accumulate;

        public readonly void Run(int index, Worker worker)
        {
            T* dx = Dx + (index * Windows.InputLength);
            if (!Accumulate)
            {
                new Span<T>(dx, checked((int)Windows.InputLength)).Clear();
            }

            T* dy = Dy + (index * Windows.OutputLength);
            int* argmax = Argmax + (index * Windows.OutputLength);
            for (nint pixel = 0; pixel < Windows.OutputLength; pixel += Windows.C)
            {
                for (int c = 0; c < Windows.C; c++)
                {
                    dx[((nint)argmax[pixel + c] * Windows.C) + c] += dy[pixel + c];
                }
            }
        }
    }
}
