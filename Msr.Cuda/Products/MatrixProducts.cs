using Msr.Core.Ops;
using Msr.Cuda.Interop;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Products;

/// <summary>The matrix product as an op, by cuBLAS.</summary>
/// <param name="cublas">cuBLAS.</param>
internal sealed class MatrixProducts(CublasHandle cublas)
{
    /// <summary>C = op(A)·op(B), or C plus that.</summary>
    /// <param name="op">The op.</param>
    /// <exception cref="CudaException">cuBLAS refuses.</exception>
    public void Run(MatMul<float> op)
    {
        int rows = op.C.Shape[0], columns = op.C.Shape[1], inner = op.A.Shape[op.TransposeA ? 0 : 1];
        cublas.MatrixProduct(
            op.TransposeA,
            op.TransposeB,
            rows,
            columns,
            inner,
            1,
            CudaMemory<float>.AddressOf(op.A),
            op.A.Shape[1],
            CudaMemory<float>.AddressOf(op.B),
            op.B.Shape[1],
            op.Accumulate ? 1 : 0,
            CudaMemory<float>.AddressOf(op.C),
            columns);
    }
}
