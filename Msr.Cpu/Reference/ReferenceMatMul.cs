using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>The matrix product.</summary>
internal static class ReferenceMatMul
{
    /// <summary>c[m,n] = Σ_l A[m,l]·B[l,n], A and B transposed as asked.</summary>
    public static void Product<T>(MatMul<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> a = HostMemory<T>.SpanOf(op.A), b = HostMemory<T>.SpanOf(op.B), c = HostMemory<T>.SpanOf(op.C);
        int rows = op.C.Shape[0], columns = op.C.Shape[1], inner = op.A.Shape[op.TransposeA ? 0 : 1];
        for (int m = 0; m < rows; m++)
        {
            for (int n = 0; n < columns; n++)
            {
                T sum = T.Zero;
                for (int l = 0; l < inner; l++)
                {
                    T left = op.TransposeA ? a[(l * rows) + m] : a[(m * inner) + l];
                    T right = op.TransposeB ? b[(n * inner) + l] : b[(l * columns) + n];
                    sum += left * right;
                }

                ref T result = ref c[(m * columns) + n];
                result = op.Accumulate ? result + sum : sum;
            }
        }
    }
}
