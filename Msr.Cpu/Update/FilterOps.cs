using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Update;

/// <summary>Ops over filters as rows: scales and norms.</summary>
internal static unsafe class FilterOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A long row is summed in pieces of so many elements.
    private const int Piece = RowRange.ElementsOfPiece;

    /// <summary>weff = exp(θ)·w.</summary>
    public static void Run(KernelContext context, FilterScaleForward<T> op)
    {
        ScaleJob job = new()
        {
            Rows = RowRange.Of(op.Theta.Length, op.W.Length / op.Theta.Length),
            Theta = HostMemory<T>.PointerTo(op.Theta),
            W = HostMemory<T>.PointerTo(op.W),
            Weff = HostMemory<T>.PointerTo(op.Weff),
        };
        context.Pool.For(job.Rows.Pieces, ref job);
    }

    /// <summary>dw += exp(θ)·dweff; dθ += Σ dweff·weff.</summary>
    public static void Run(KernelContext context, FilterScaleBackward<T> op)
    {
        ScaleBackwardJob job = new()
        {
            Rows = RowRange.Of(op.Theta.Length, op.Dw.Length / op.Theta.Length),
            Theta = HostMemory<T>.PointerTo(op.Theta),
            Weff = HostMemory<T>.PointerTo(op.Weff),
            Dweff = HostMemory<T>.PointerTo(op.Dweff),
            Dw = HostMemory<T>.PointerTo(op.Dw),
            Dtheta = HostMemory<T>.PointerTo(op.Dtheta),
        };
        context.Pool.For(job.Rows.Pieces, ref job);
    }

    /// <summary>g += 2·strength·(1 − 1/‖w‖)·w.</summary>
    public static void Run(KernelContext context, NormAnchor<T> op)
    {
        AnchorJob job = new()
        {
            Rows = RowRange.Of(op.W.Shape[0], op.W.Shape[1]),
            W = HostMemory<T>.PointerTo(op.W),
            G = HostMemory<T>.PointerTo(op.G),
            Twice = T.CreateTruncating(2 * op.Strength),
        };
        context.Pool.For(job.Rows.Pieces, ref job);
    }

    /// <summary>y = Σ x².</summary>
    public static void Run(KernelContext context, SquaredNorms<T> op)
    {
        long length = op.X.Shape[1];
        int rows = op.X.Shape[0], pieces = checked((int)((length + Piece - 1) / Piece));
        T* x = HostMemory<T>.PointerTo(op.X), y = HostMemory<T>.PointerTo(op.Y);
        if (pieces == 1)
        {
            NormJob job = new() { Rows = RowRange.Of(rows, length), X = x, Sums = y };
            context.Pool.For(job.Rows.Pieces, ref job);
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
}
