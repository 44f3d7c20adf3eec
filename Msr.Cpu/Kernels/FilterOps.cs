using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>Ops over filters as rows: scales, norms, and the projection that gives the method its name.</summary>
internal static unsafe class FilterOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows are handed out in pieces of about so many elements; a long row is summed in pieces of exactly so many.
    private const int Piece = 1 << 14;

    /// <summary>weff = exp(θ)·w.</summary>
    public static void Run(KernelContext context, FilterScaleForward<T> op)
    {
        ScaleJob job = new()
        {
            Theta = HostMemory<T>.PointerTo(op.Theta),
            W = HostMemory<T>.PointerTo(op.W),
            Weff = HostMemory<T>.PointerTo(op.Weff),
        };
        For(context, ref job, ref job.Rows, op.Theta.Length, op.W.Length / op.Theta.Length);
    }

    /// <summary>dw += exp(θ)·dweff; dθ += Σ dweff·weff.</summary>
    public static void Run(KernelContext context, FilterScaleBackward<T> op)
    {
        ScaleBackwardJob job = new()
        {
            Theta = HostMemory<T>.PointerTo(op.Theta),
            Weff = HostMemory<T>.PointerTo(op.Weff),
            Dweff = HostMemory<T>.PointerTo(op.Dweff),
            Dw = HostMemory<T>.PointerTo(op.Dw),
            Dtheta = HostMemory<T>.PointerTo(op.Dtheta),
        };
        For(context, ref job, ref job.Rows, op.Theta.Length, op.Dw.Length / op.Theta.Length);
    }

    /// <summary>g += 2·strength·(1 − 1/‖w‖)·w.</summary>
    public static void Run(KernelContext context, NormAnchor<T> op)
    {
        AnchorJob job = new() { W = HostMemory<T>.PointerTo(op.W), G = HostMemory<T>.PointerTo(op.G), Twice = T.CreateTruncating(2 * op.Strength) };
        For(context, ref job, ref job.Rows, op.W.Shape[0], op.W.Shape[1]);
    }

    /// <summary>x −= λ·mean over taps.</summary>
    /// <param name="context">Threads.</param>
    /// <param name="op">The op.</param>
    /// <param name="tail">What is done with rows as soon as they are projected.</param>
    public static void Run(KernelContext context, IsoclineProject<T> op, Tail<S, V, T> tail)
    {
        ProjectJob job = new()
        {
            X = HostMemory<T>.PointerTo(op.X),
            Taps = op.X.Shape[1],
            Inner = op.X.Shape[2],
            Lambda = S.Broadcast(T.CreateTruncating(op.Lambda)),
            Tail = tail,
        };
        For(context, ref job, ref job.Rows, op.X.Shape[0], (long)job.Taps * job.Inner);
    }

    /// <summary>y = Σ x².</summary>
    public static void Run(KernelContext context, SquaredNorms<T> op)
    {
        long length = op.X.Shape[1];
        int rows = op.X.Shape[0], pieces = checked((int)((length + Piece - 1) / Piece));
        T* x = HostMemory<T>.PointerTo(op.X), y = HostMemory<T>.PointerTo(op.Y);
        if (pieces == 1)
        {
            NormJob job = new() { X = x, Sums = y };
            For(context, ref job, ref job.Rows, rows, length);
            return;
        }

        T* partials = context.Shared.Reserve<T>((long)rows * pieces);
        PieceJob pieceJob = new() { X = x, Partials = partials, Length = length, Pieces = pieces };
        context.Pool.For(rows * pieces, ref pieceJob);
        for (int row = 0; row < rows; row++)
        {
            y[row] = partials[(nint)row * pieces];
            for (int piece = 1; piece < pieces; piece++)
            {
                y[row] += partials[((nint)row * pieces) + piece];
            }
        }
    }

    private static void For<TJob>(KernelContext context, ref TJob job, ref RowRange rows, long count, long length)
        where TJob : unmanaged, IJob
    {
        rows = new RowRange(checked((int)count), (nint)length, (int)Math.Clamp(Piece / length, 1, count));
        context.Pool.For(rows.Pieces, ref job);
    }

    private readonly struct RowRange(int count, nint length, int perPiece)
    {
        public readonly nint Length = length;

        public int Pieces => (count + perPiece - 1) / perPiece;

        public int Begin(int piece) => piece * perPiece;

        public int End(int piece) => Math.Min(Begin(piece) + perPiece, count);
    }

    private struct ScaleJob : IJob
    {
        public RowRange Rows;
        public T* Theta;
        public T* W;
        public T* Weff;

        public readonly void Run(int index, Worker worker)
        {
            for (int k = Rows.Begin(index); k < Rows.End(index); k++)
            {
                RowMath<S, V, T>.Scale(T.Exp(Theta[k]), W + (k * Rows.Length), Weff + (k * Rows.Length), Rows.Length);
            }
        }
    }

    private struct ScaleBackwardJob : IJob
    {
        public RowRange Rows;
        public T* Theta;
        public T* Weff;
        public T* Dweff;
        public T* Dw;
        public T* Dtheta;

        public readonly void Run(int index, Worker worker)
        {
            for (int k = Rows.Begin(index); k < Rows.End(index); k++)
            {
                nint row = k * Rows.Length;
                RowMath<S, V, T>.AddScaled(T.Exp(Theta[k]), Dweff + row, Dw + row, Rows.Length);
                Dtheta[k] += RowMath<S, V, T>.Dot(Dweff + row, Weff + row, Rows.Length);
            }
        }
    }

    private struct AnchorJob : IJob
    {
        public RowRange Rows;
        public T* W;
        public T* G;
        public T Twice;

        public readonly void Run(int index, Worker worker)
        {
            for (int k = Rows.Begin(index); k < Rows.End(index); k++)
            {
                T* w = W + (k * Rows.Length);
                T norm = T.Sqrt(RowMath<S, V, T>.Dot(w, w, Rows.Length));
                T factor = norm == T.Zero ? T.Zero : Twice * (T.One - (T.One / norm));
                RowMath<S, V, T>.AddScaled(factor, w, G + (k * Rows.Length), Rows.Length);
            }
        }
    }

    private struct NormJob : IJob
    {
        public RowRange Rows;
        public T* X;
        public T* Sums;

        public readonly void Run(int index, Worker worker)
        {
            for (int row = Rows.Begin(index); row < Rows.End(index); row++)
            {
                T* x = X + (row * Rows.Length);
                Sums[row] = RowMath<S, V, T>.Dot(x, x, Rows.Length);
            }
        }
    }

    private struct PieceJob : IJob
    {
        public T* X;
        public T* Partials;
        public long Length;
        public int Pieces;

        public readonly void Run(int index, Worker worker)
        {
            long begin = (long)(index % Pieces) * Piece;
            T* x = X + (nint)((index / Pieces * Length) + begin);
            Partials[index] = RowMath<S, V, T>.Dot(x, x, (nint)Math.Min(Piece, Length - begin));
        }
    }

    private struct ProjectJob : IJob
    {
        public RowRange Rows;
        public T* X;
        public int Taps;
        public int Inner;
        public V Lambda;
        public Tail<S, V, T> Tail;

        public readonly void Run(int index, Worker worker)
        {
            V taps = S.Broadcast(T.CreateTruncating(Taps));
            for (int outer = Rows.Begin(index); outer < Rows.End(index); outer++)
            {
                T* slices = X + (outer * Rows.Length);
                int i = 0;
                for (; i <= Inner - S.Count; i += S.Count)
                {
                    Project(slices + i, taps);
                }

                if (i < Inner)
                {
                    ProjectRest(slices + i, Inner - i, taps);
                }

                Tail.Run(outer * Rows.Length, (outer + 1) * Rows.Length);
            }
        }

        private readonly void Project(T* x, V taps)
        {
            V sum = S.Load(x);
            for (int t = 1; t < Taps; t++)
            {
                sum = S.Add(sum, S.Load(x + ((nint)t * Inner)));
            }

            V shift = S.Multiply(Lambda, S.Divide(sum, taps));
            for (int t = 0; t < Taps; t++)
            {
                T* tap = x + ((nint)t * Inner);
                S.Store(S.Subtract(S.Load(tap), shift), tap);
            }
        }

        private readonly void ProjectRest(T* x, nint count, V taps)
        {
            V sum = Partial<S, V, T>.Load(x, count);
            for (int t = 1; t < Taps; t++)
            {
                sum = S.Add(sum, Partial<S, V, T>.Load(x + ((nint)t * Inner), count));
            }

            V shift = S.Multiply(Lambda, S.Divide(sum, taps));
            for (int t = 0; t < Taps; t++)
            {
                T* tap = x + ((nint)t * Inner);
                Partial<S, V, T>.Store(S.Subtract(Partial<S, V, T>.Load(tap, count), shift), tap, count);
            }
        }
    }
}
