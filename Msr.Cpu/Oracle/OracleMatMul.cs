using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>The matrix product.</summary>
internal static class OracleMatMul
{
    /// <summary>
    /// c[m,n] = Σ_l A[m,l]·B[l,n]: whole rows of c at a time where they are longer than its columns, else whole columns. Every element is the
    /// same chain of products and sums over l either way.
    /// </summary>
    public static void Product<T>(MatMul<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> a = HostMemory<T>.SpanOf(op.A), b = HostMemory<T>.SpanOf(op.B), c = HostMemory<T>.SpanOf(op.C);
        int rows = op.C.Shape[0], columns = op.C.Shape[1], inner = op.A.Shape[op.TransposeA ? 0 : 1];
        Span<T> product = workspace.TakeZeros<T>(c.Length);
        if (columns >= rows)
        {
            ReadOnlySpan<T> left = op.TransposeA ? Transposed<T>(a, inner, rows, workspace) : a;
            Multiply(left, op.TransposeB ? Transposed<T>(b, columns, inner, workspace) : b, inner, product);
        }
        else
        {
            ReadOnlySpan<T> left = op.TransposeB ? b : Transposed<T>(b, inner, columns, workspace);
            Multiply(left, op.TransposeA ? a : Transposed<T>(a, rows, inner, workspace), inner, product);
            product = Transposed<T>(product, columns, rows, workspace);
        }

        if (op.Accumulate)
        {
            TensorPrimitives.Add(c, product, c);
        }
        else
        {
            product.CopyTo(c);
        }
    }

    /// <summary>product[i,…] ← product + left[i,l]·right[l,…] for each l.</summary>
    private static void Multiply<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, int inner, Span<T> product)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int length = right.Length / inner;
        for (int i = 0; i < left.Length; i++)
        {
            Span<T> row = product.Slice(i / inner * length, length);
            TensorPrimitives.MultiplyAdd(right.Slice(i % inner * length, length), left[i], row, row);
        }
    }

    private static Span<T> Transposed<T>(ReadOnlySpan<T> matrix, int rows, int columns, Workspace workspace)
        where T : unmanaged
    {
        Span<T> transposed = workspace.Take<T>(matrix.Length);
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < rows; j++)
            {
                transposed[(i * rows) + j] = matrix[(j * columns) + i];
            }
        }

        return transposed;
    }
}
