using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Pooling;

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

        public nint RowPitch => (nint)W * C;

        public nint InputLength => H * RowPitch;

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
            (nint row, nint channels) = (Windows.RowPitch, Windows.C);
            V count = S.Broadcast(T.CreateTruncating(rows * columns));
            nint c = 0;
            for (; c <= channels - S.Count; c += S.Count)
            {
                V sum = S.Load(x + c);
                for (int i = 0; i < rows; i++)
                {
                    for (int j = i == 0 ? 1 : 0; j < columns; j++)
                    {
                        sum = S.Add(sum, S.Load(x + (i * row) + (j * channels) + c));
                    }
                }

                S.Store(S.Divide(sum, count), y + c);
            }

            for (; c < channels; c++)
            {
                y[c] = MeanOfChannel(x + c, rows, columns);
            }
        }

        private readonly T MeanOfChannel(T* x, int rows, int columns)
        {
            T sum = *x;
            for (int i = 1; i < rows * columns; i++)
            {
                sum += x[(i / columns * Windows.RowPitch) + ((nint)(i % columns) * Windows.C)];
            }

            return sum / T.CreateTruncating(rows * columns);
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
                    Spread(dy, Windows.Rows(p), Windows.Columns(q), dx + ((((nint)p * Windows.W) + q) * Windows.Stride * Windows.C));
                    dy += Windows.K;
                }
            }
        }

        private readonly void Spread(T* dy, int rows, int columns, T* dx)
        {
            (nint row, nint channels, bool accumulate) = (Windows.RowPitch, Windows.C, Accumulate);
            T count = T.CreateTruncating(rows * columns);
            for (int i = 0; i < rows; i++)
            {
                T* pixel = dx + (i * row);
                for (int j = 0; j < columns; j++, pixel += channels)
                {
                    nint c = 0;
                    for (; c <= channels - S.Count; c += S.Count)
                    {
                        V share = S.Divide(S.Load(dy + c), S.Broadcast(count));
                        S.Store(accumulate ? S.Add(S.Load(pixel + c), share) : share, pixel + c);
                    }

                    for (; c < channels; c++)
                    {
                        T share = dy[c] / count;
                        pixel[c] = accumulate ? pixel[c] + share : share;
                    }
                }
            }
        }
    }
}
