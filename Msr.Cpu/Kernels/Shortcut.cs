using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>The parameter-free shortcut; samples are independent.</summary>
internal static unsafe class Shortcut<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y from x.</summary>
    public static void Run(KernelContext context, ShortcutForward<T> op)
    {
        ForwardJob job = new() { Windows = new Strided(op.Geometry), X = HostMemory<T>.PointerTo(op.X), Y = HostMemory<T>.PointerTo(op.Y) };
        context.For(op.X.Shape[0], ref job, op.X.Length);
    }

    /// <summary>dx from dy.</summary>
    public static void Run(KernelContext context, ShortcutBackward<T> op)
    {
        BackwardJob job = new()
        {
            Windows = new Strided(op.Geometry),
            Dy = HostMemory<T>.PointerTo(op.Dy),
            Dx = HostMemory<T>.PointerTo(op.Dx),
            Accumulate = op.Accumulate,
        };
        context.For(op.Dy.Shape[0], ref job, op.Dx.Length);
    }

    private readonly struct Strided(ShortcutGeometry g)
    {
        public readonly int H = g.H;
        public readonly int W = g.W;
        public readonly int C = g.C;
        public readonly int K = g.K;
        public readonly int P = g.P;
        public readonly int Q = g.Q;
        public readonly int Stride = g.Stride;
        public readonly int Window = g.Window;
        public readonly int First = g.FirstChannel;

        public nint InputLength => (nint)H * W * C;

        public nint OutputLength => (nint)P * Q * K;

        public int Rows(int p) => Math.Min(Window, H - (p * Stride));

        public int Columns(int q) => Math.Min(Window, W - (q * Stride));
    }

    private struct ForwardJob : IJob
    {
        public Strided Windows;
        public T* X;
        public T* Y;

        public readonly void Run(int index, Worker worker)
        {
            T* x = X + (index * Windows.InputLength), y = Y + (index * Windows.OutputLength);
            new Span<T>(y, checked((int)Windows.OutputLength)).Clear();
            y += Windows.First;
            for (int p = 0; p < Windows.P; p++)
            {
                for (int q = 0; q < Windows.Q; q++)
                {
                    Mean(x + ((((nint)p * Windows.W) + q) * Windows.Stride * Windows.C), Windows.Rows(p), Windows.Columns(q), y);
                    y += Windows.K;
                }
            }
        }

        private readonly void Mean(T* x, int rows, int columns, T* y)
        {
            new ReadOnlySpan<T>(x, Windows.C).CopyTo(new Span<T>(y, Windows.C));
            for (int i = 1; i < rows * columns; i++)
            {
                RowMath<S, V, T>.Add(x + ((((nint)(i / columns) * Windows.W) + (i % columns)) * Windows.C), y, Windows.C);
            }

            if (rows * columns > 1)
            {
                RowMath<S, V, T>.Divide(y, T.CreateTruncating(rows * columns), y, Windows.C);
            }
        }
    }

    private struct BackwardJob : IJob
    {
        public Strided Windows;
        public T* Dy;
        public T* Dx;
        public bool Accumulate;

        public readonly void Run(int index, Worker worker)
        {
            T* share = worker.Scratch.Reserve<T>(Windows.C);
            T* dx = Dx + (index * Windows.InputLength), dy = Dy + (index * Windows.OutputLength) + Windows.First;
            if (!Accumulate && Windows.Window < Windows.Stride)
            {
                // No window reads the pixels between them.
                new Span<T>(dx, checked((int)Windows.InputLength)).Clear();
            }

            for (int p = 0; p < Windows.P; p++)
            {
                for (int q = 0; q < Windows.Q; q++)
                {
                    int rows = Windows.Rows(p), columns = Windows.Columns(q);
                    RowMath<S, V, T>.Divide(dy, T.CreateTruncating(rows * columns), share, Windows.C);
                    Spread(share, rows, columns, dx + ((((nint)p * Windows.W) + q) * Windows.Stride * Windows.C));
                    dy += Windows.K;
                }
            }
        }

        private readonly void Spread(T* share, int rows, int columns, T* dx)
        {
            for (int i = 0; i < rows * columns; i++)
            {
                T* pixel = dx + ((((nint)(i / columns) * Windows.W) + (i % columns)) * Windows.C);
                if (Accumulate)
                {
                    RowMath<S, V, T>.Add(share, pixel, Windows.C);
                }
                else
                {
                    new ReadOnlySpan<T>(share, Windows.C).CopyTo(new Span<T>(pixel, Windows.C));
                }
            }
        }
    }
}
