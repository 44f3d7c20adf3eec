using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Update;

/// <summary>The projection onto the isocline.</summary>
internal static unsafe class ProjectionOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>x −= λ·mean over taps.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="op">The op.</param>
    public static void Run(KernelContext context, IsoclineProject<T> op)
    {
        Slices slices = new()
        {
            Rows = RowRange.Of(op.X.Shape[0], (long)op.X.Shape[1] * op.X.Shape[2]),
            X = HostMemory<T>.PointerTo(op.X),
            Stride = op.X.Shape[2],
            Taps = S.Broadcast(T.CreateTruncating(op.X.Shape[1])),
            Lambda = S.Broadcast(T.CreateTruncating(op.Lambda)),
        };
        Job job = new() { Slices = slices };
        context.Pool.For(slices.Rows.Pieces, ref job);
    }

    /// <summary>[rows][taps][stride]: a slice is one element of every tap.</summary>
    private struct Slices
    {
        public RowRange Rows;
        public T* X;
        public nint Stride;
        public V Taps;
        public V Lambda;

        /// <summary>The shift of a vector of slices, from sums in the order of taps.</summary>
        public readonly V Shift(T* x)
        {
            V sum = S.Load(x);
            for (nint tap = Stride; tap < Rows.Length; tap += Stride)
            {
                sum = S.Add(sum, S.Load(x + tap));
            }

            return Shift(sum);
        }

        /// <summary>
        /// The same for four vectors beside each other: memory is read in runs that prefetchers follow, which is worth half the speed of a step.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly (V A, V B, V C, V D) ShiftFour(T* x)
        {
            V a = S.Load(x), b = S.Load(x + S.Count), c = S.Load(x + (2 * S.Count)), d = S.Load(x + (3 * S.Count));
            for (nint tap = Stride; tap < Rows.Length; tap += Stride)
            {
                T* next = x + tap;
                a = S.Add(a, S.Load(next));
                b = S.Add(b, S.Load(next + S.Count));
                c = S.Add(c, S.Load(next + (2 * S.Count)));
                d = S.Add(d, S.Load(next + (3 * S.Count)));
            }

            return (Shift(a), Shift(b), Shift(c), Shift(d));
        }

        /// <summary>The same for fewer slices than a vector has elements.</summary>
        public readonly V Shift(T* x, nint count)
        {
            V sum = Partial<S, V, T>.Load(x, count);
            for (nint tap = Stride; tap < Rows.Length; tap += Stride)
            {
                sum = S.Add(sum, Partial<S, V, T>.Load(x + tap, count));
            }

            return Shift(sum);
        }

        /// <summary>Projects the last slices of a row: fewer than a vector has elements.</summary>
        public readonly void ProjectRest(T* x, nint count)
        {
            V shift = Shift(x, count);
            for (nint tap = 0; tap < Rows.Length; tap += Stride)
            {
                Partial<S, V, T>.Store(S.Subtract(Partial<S, V, T>.Load(x + tap, count), shift), x + tap, count);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly V Shift(V sum) => S.Multiply(Lambda, S.Divide(sum, Taps));
    }

    private struct Job : IJob
    {
        public Slices Slices;

        public readonly void Run(int index, Worker worker)
        {
            for (nint row = Slices.Rows.Begin(index); row < Slices.Rows.End(index); row++)
            {
                Project(Slices.X + (row * Slices.Rows.Length));
            }
        }

        private readonly void Project(T* row)
        {
            nint stride = Slices.Stride, i = 0;
            for (; i <= stride - (4 * S.Count); i += 4 * S.Count)
            {
                ProjectFour(row + i);
            }

            for (; i <= stride - S.Count; i += S.Count)
            {
                V shift = Slices.Shift(row + i);
                for (nint tap = i; tap < Slices.Rows.Length; tap += stride)
                {
                    Move(row + tap, shift);
                }
            }

            if (i < stride)
            {
                Slices.ProjectRest(row + i, stride - i);
            }
        }

        private readonly void ProjectFour(T* x)
        {
            (V a, V b, V c, V d) = Slices.ShiftFour(x);
            (nint stride, nint length) = (Slices.Stride, Slices.Rows.Length);
            for (; length > 0; length -= stride)
            {
                Move(x, a);
                Move(x + S.Count, b);
                Move(x + (2 * S.Count), c);
                Move(x + (3 * S.Count), d);
                x += stride;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Move(T* x, V shift) => S.Store(S.Subtract(S.Load(x), shift), x);
    }
}
