using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Products;

/// <summary>Matrix product: a grid of rows that gather along themselves. A row's result depends on that row alone.</summary>
internal static unsafe class MatrixProduct<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsPerPiece = 48;

    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, MatMul<T> op)
    {
        int m = op.C.Shape[0], n = op.C.Shape[1], inner = op.A.Shape[op.TransposeA ? 0 : 1];
        int runs = (inner + TapRun.MaxLength - 1) / TapRun.MaxLength;
        nint packed = (nint)inner * TapPass<S, V, T>.PaddedChannels(n);
        nint turned = op.TransposeA ? (nint)m * inner : 0;
        T* memory = context.Shared.Reserve<T>(packed + turned + (runs * sizeof(TapRun) / sizeof(T)) + HostMemory<T>.Alignment);
        T* a = HostMemory<T>.PointerTo(op.A);
        if (op.TransposeA)
        {
            Transpose(a, inner, m, memory + packed);
            a = memory + packed;
        }

        PackRight(HostMemory<T>.PointerTo(op.B), inner, n, op.TransposeB, memory);
        TapRun* table = (TapRun*)(((nint)(memory + packed + turned) + HostMemory<T>.Alignment - 1) & -HostMemory<T>.Alignment);
        for (int i = 0; i < runs; i++)
        {
            int begin = i * TapRun.MaxLength;
            table[i] = new TapRun(begin, Math.Min(TapRun.MaxLength, inner - begin));
        }

        Job job = new()
        {
            Grid = new TapGrid<T>
            {
                Source = a,
                SourceRowPitch = inner,
                Destination = HostMemory<T>.PointerTo(op.C),
                DestinationRowPitch = n,
                Columns = 1,
                Runs = table,
                RunCount = runs,
                Steps = inner,
                Filters = memory,
                Channels = n,
                Accumulate = op.Accumulate,
            },
            Rows = m,
        };
        context.For((m + RowsPerPiece - 1) / RowsPerPiece, ref job, (long)m * n * inner / KernelContext.ProductsPerElement);
    }

    private static void Transpose(T* source, int rows, int columns, T* destination)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                destination[((nint)column * rows) + row] = source[((nint)row * columns) + column];
            }
        }
    }

    private static void PackRight(T* b, int inner, int n, bool transposed, T* packed)
    {
        nint rowPitch = transposed ? 1 : n, columnPitch = transposed ? inner : 1;
        for (int first = 0; first < n; first += 2 * S.Count)
        {
            int width = TapPass<S, V, T>.PanelWidth(n, first), lanes = Math.Min(width, n - first);
            for (int row = 0; row < inner; row++)
            {
                T* source = b + (row * rowPitch) + (first * columnPitch);
                for (int lane = 0; lane < width; lane++)
                {
                    packed[lane] = lane < lanes ? source[lane * columnPitch] : T.Zero;
                }

                packed += width;
            }
        }
    }

    private struct Job : IJob
    {
        public TapGrid<T> Grid;
        public int Rows;

        public readonly void Run(int index, Worker worker)
        {
            int begin = index * RowsPerPiece;
            TapGrid<T> part = Grid;
            part.Source += begin * part.SourceRowPitch;
            part.Destination += begin * part.DestinationRowPitch;
            part.Rows = Math.Min(RowsPerPiece, Rows - begin);
            TapPass<S, V, T>.Run(part);
        }
    }
}
