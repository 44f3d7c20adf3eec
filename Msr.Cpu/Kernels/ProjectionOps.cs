using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>The projection that gives the method its name, and the step with what it projects in the same pass.</summary>
internal static unsafe class ProjectionOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int VectorsOfBlock = 16;

    /// <summary>x −= λ·mean over taps.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="op">The op.</param>
    /// <param name="tail">What is done with rows as soon as they are projected.</param>
    public static void Run(KernelContext context, IsoclineProject<T> op, Tail<S, V, T> tail)
    {
        Slices slices = new()
        {
            Rows = RowRange.Of(op.X.Shape[0], (long)op.X.Shape[1] * op.X.Shape[2]),
            X = HostMemory<T>.PointerTo(op.X),
            Stride = op.X.Shape[2],
            Taps = S.Broadcast(T.CreateTruncating(op.X.Shape[1])),
            Lambda = S.Broadcast(T.CreateTruncating(op.Lambda)),
        };
        if (tail.IsDescentBy(slices.X, out SgdOps<S, V, T>.Job step))
        {
            StepJob job = new() { Slices = slices, Step = step };
            context.Pool.For(slices.Rows.Pieces, ref job);
        }
        else
        {
            Job job = new() { Slices = slices, Tail = tail };
            context.Pool.For(slices.Rows.Pieces, ref job);
        }
    }

    /// <summary>[rows][taps][stride]: a slice is one element of every tap.</summary>
    private struct Slices
    {
        public RowRange Rows;
        public T* X;
        public nint Stride;
        public V Taps;
        public V Lambda;

        /// <summary>What a vector of slices moves by, from sums in the order of taps.</summary>
        public readonly V Shift(T* x)
        {
            V sum = S.Load(x);
            for (nint tap = Stride; tap < Rows.Length; tap += Stride)
            {
                sum = S.Add(sum, S.Load(x + tap));
            }

            return Shift(sum);
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

        private readonly V Shift(V sum) => S.Multiply(Lambda, S.Divide(sum, Taps));
    }

    private struct Job : IJob
    {
        public Slices Slices;
        public Tail<S, V, T> Tail;

        public readonly void Run(int index, Worker worker)
        {
            for (nint row = Slices.Rows.Begin(index); row < Slices.Rows.End(index); row++)
            {
                nint begin = row * Slices.Rows.Length;
                Project(Slices.X + begin);
                Tail.Run(begin, begin + Slices.Rows.Length);
            }
        }

        private readonly void Project(T* row)
        {
            (nint stride, nint length) = (Slices.Stride, Slices.Rows.Length);
            nint i = 0;
            for (; i <= stride - S.Count; i += S.Count)
            {
                V shift = Slices.Shift(row + i);
                for (nint tap = i; tap < length; tap += stride)
                {
                    S.Store(S.Subtract(S.Load(row + tap), shift), row + tap);
                }
            }

            if (i < stride)
            {
                Slices.ProjectRest(row + i, stride - i);
            }
        }
    }

    private struct StepJob : IJob
    {
        public Slices Slices;
        public SgdOps<S, V, T>.Job Step;

        public readonly void Run(int index, Worker worker)
        {
            for (nint row = Slices.Rows.Begin(index); row < Slices.Rows.End(index); row++)
            {
                Descend(row * Slices.Rows.Length);
            }
        }

        private readonly void Descend(nint row)
        {
            (nint stride, nint length) = (Slices.Stride, Slices.Rows.Length);
            SgdOps<S, V, T>.Rule rule = Step.Rule;
            T* g = Step.G + row, w = Step.W + row, m = Step.M + row;
            nint i = 0;
            for (; i <= stride - S.Count; i += S.Count)
            {
                V shift = Slices.Shift(g + i);
                for (nint tap = i; tap < length; tap += stride)
                {
                    V projected = S.Subtract(S.Load(g + tap), shift), wt = S.Load(w + tap), mt = S.Load(m + tap);
                    rule.Step(ref wt, projected, ref mt);
                    S.Store(projected, g + tap);
                    S.Store(wt, w + tap);
                    S.Store(mt, m + tap);
                }
            }

            if (i < stride)
            {
                Slices.ProjectRest(g + i, stride - i);
                for (nint tap = i; tap < length; tap += stride)
                {
                    Step.Range(row + tap, row + tap + stride - i);
                }
            }
        }
    }
}
