using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Pooling;

/// <summary>Mean pooling; samples are independent.</summary>
internal static unsafe class MeanPool<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y from x.</summary>
    public static void Run(KernelContext context, MeanPoolForward<T> op)
    {
        T* divisors = context.Shared.Reserve<T>((long)op.Geometry.P * op.Geometry.Q);
        ForwardJob job = new()
        {
            Windows = Windows<T>.Of(op.Geometry, divisors),
            X = HostMemory<T>.PointerTo(op.X),
            Y = HostMemory<T>.PointerTo(op.Y),
            Samples = op.X.Shape[0],
        };
        job.PerPiece = SamplesPerPiece(job.Windows);
        context.Pool.For((job.Samples + job.PerPiece - 1) / job.PerPiece, ref job);
    }

    /// <summary>dx from dy.</summary>
    public static void Run(KernelContext context, MeanPoolBackward<T> op)
    {
        T* divisors = context.Shared.Reserve<T>((long)op.Geometry.P * op.Geometry.Q);
        BackwardJob job = new()
        {
            Windows = Windows<T>.Of(op.Geometry, divisors),
            Dy = HostMemory<T>.PointerTo(op.Dy),
            Dx = HostMemory<T>.PointerTo(op.Dx),
            Samples = op.Dy.Shape[0],
            Accumulate = op.Accumulate,
        };
        job.PerPiece = SamplesPerPiece(job.Windows);
        context.Pool.For((job.Samples + job.PerPiece - 1) / job.PerPiece, ref job);
    }

    private static int SamplesPerPiece(in Windows<T> windows) => (int)Math.Max(1, Elementwise<S, V, T>.Piece / windows.InputLength);

    private struct ForwardJob : IJob
    {
        public Windows<T> Windows;
        public T* X;
        public T* Y;
        public int Samples;
        public int PerPiece;

        public readonly void Run(int index, Worker worker)
        {
            for (int n = index * PerPiece; n < Math.Min((index + 1) * PerPiece, Samples); n++)
            {
                for (int p = 0; p < Windows.P; p++)
                {
                    for (int q = 0; q < Windows.Q; q++)
                    {
                        T* y = Y + (n * Windows.OutputLength) + ((((nint)p * Windows.Q) + q) * Windows.C);
                        Mean(X + (n * Windows.InputLength), p, q, y);
                    }
                }
            }
        }

        private readonly void Mean(T* x, int p, int q, T* y)
        {
            (int top, int bottom, int left, int right) = Windows.At(p, q);
            new Span<T>(y, Windows.C).Clear();
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    RowMath<S, V, T>.Add(x + ((((nint)h * Windows.W) + w) * Windows.C), y, Windows.C);
                }
            }

            RowMath<S, V, T>.Divide(y, Windows.Divisor(p, q), y, Windows.C);
        }
    }

    private struct BackwardJob : IJob
    {
        public Windows<T> Windows;
        public T* Dy;
        public T* Dx;
        public int Samples;
        public int PerPiece;
        public bool Accumulate;

        public readonly void Run(int index, Worker worker)
        {
            T* share = worker.Scratch.Reserve<T>(Windows.C);
            for (int n = index * PerPiece; n < Math.Min((index + 1) * PerPiece, Samples); n++)
            {
                T* dx = Dx + (n * Windows.InputLength);
                if (!Accumulate)
                {
                    new Span<T>(dx, checked((int)Windows.InputLength)).Clear();
                }

                for (int p = 0; p < Windows.P; p++)
                {
                    for (int q = 0; q < Windows.Q; q++)
                    {
                        T* dy = Dy + (n * Windows.OutputLength) + ((((nint)p * Windows.Q) + q) * Windows.C);
                        RowMath<S, V, T>.Divide(dy, Windows.Divisor(p, q), share, Windows.C);
                        Spread(share, p, q, dx);
                    }
                }
            }
        }

        private readonly void Spread(T* share, int p, int q, T* dx)
        {
            (int top, int bottom, int left, int right) = Windows.At(p, q);
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    RowMath<S, V, T>.Add(share, dx + ((((nint)h * Windows.W) + w) * Windows.C), Windows.C);
                }
            }
        }
    }
}
