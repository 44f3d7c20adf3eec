using System.Runtime.InteropServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>
/// A matrix product on device memory, C = alpha·op(A)·op(B) + beta·C, all column-major: C [m × n], op(A) [m × k], op(B) [k × n].
/// </summary>
/// <param name="TransposeA">Whether op(A) is Aᵀ.</param>
/// <param name="TransposeB">Whether op(B) is Bᵀ.</param>
/// <param name="M">Rows of C.</param>
/// <param name="N">Columns of C.</param>
/// <param name="K">The inner extent.</param>
/// <param name="A">A, whose column j begins lda·j elements on.</param>
/// <param name="Lda">The distance between columns of A.</param>
/// <param name="B">B.</param>
/// <param name="Ldb">The distance between columns of B.</param>
/// <param name="C">C.</param>
/// <param name="Ldc">The distance between columns of C.</param>
/// <param name="RoundsToTf32">Whether the factors are rounded to TF32.</param>
internal sealed record Gemm(
    bool TransposeA, bool TransposeB, int M, int N, int K, ulong A, int Lda, ulong B, int Ldb, ulong C, int Ldc, bool RoundsToTf32)
{
    private const string Function = "cublasSgemm_v2";

    /// <summary>Refuses extents that do not fit.</summary>
    /// <exception cref="CallFailedException">One is negative, or the distance between columns is less than a column.</exception>
    public void Validate()
    {
        bool fits = M >= 0 && N >= 0 && K >= 0
            && Lda >= Math.Max(1, TransposeA ? K : M) && Ldb >= Math.Max(1, TransposeB ? N : K) && Ldc >= Math.Max(1, M);
        if (!fits)
        {
            throw CallFailedException.LibraryFault(
                CublasStatus.InvalidValue,
                $"{Function}: the sizes m {M}, n {N}, k {K}, lda {Lda}, ldb {Ldb}, ldc {Ldc} are inconsistent (A transposed: {TransposeA}, B transposed: {TransposeB}).");
        }
    }

    /// <summary>Computes.</summary>
    /// <param name="arithmetic">The arithmetic.</param>
    /// <param name="access">The device's memory.</param>
    /// <param name="alpha">The factor of the product; at 0, A and B are not read.</param>
    /// <param name="beta">The factor of C; at 0, C is not read.</param>
    public void Run(HostArithmetic arithmetic, DeviceAccess access, float alpha, float beta)
    {
        if (M == 0 || N == 0)
        {
            return;
        }

        bool multiplies = alpha != 0 && K != 0;
        TensorRef<float> product = arithmetic.Tensor(2, new Shape(N, M));
        if (multiplies)
        {
            // Column-major C is row-major Cᵀ [n, m] = op(B)ᵀ·op(A)ᵀ: the same bytes, factors exchanged.
            TensorRef<float> left = Pack(arithmetic, access, 0, B, Ldb, TransposeB ? K : N, TransposeB ? N : K, "B");
            TensorRef<float> right = Pack(arithmetic, access, 1, A, Lda, TransposeA ? M : K, TransposeA ? K : M, "A");
            arithmetic.Run(new MatMul<float>(left, right, product, TransposeB, TransposeA));
        }

        Span<float> computed = HostArithmetic.SpanOf(product);
        if (!multiplies)
        {
            computed.Clear();
        }

        for (int column = 0; column < N; column++)
        {
            ulong address = Column(C, Ldc, column);
            Span<byte> bytes = access.Locate(address, M * sizeof(float), $"{Function}, C", sizeof(float));
            if (beta != 0)
            {
                _ = access.Read(address, M * sizeof(float), $"{Function}, C");
            }

            HostArithmetic.Blend(computed.Slice(column * M, M), multiplies ? alpha : 1, beta, MemoryMarshal.Cast<byte, float>(bytes));
            _ = access.Write(address, M * sizeof(float), Function);
        }
    }

    /// <summary>The bytes from the first element of a matrix to the end of its last.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="distance">The distance between columns, in elements.</param>
    public static long Extent(int rows, int columns, int distance) =>
        rows == 0 || columns == 0 ? 0 : ((((long)columns - 1) * distance) + rows) * sizeof(float);

    private static ulong Column(ulong address, int distance, int column) => address + ((ulong)distance * (ulong)column * sizeof(float));

    private TensorRef<float> Pack(
        HostArithmetic arithmetic, DeviceAccess access, int index, ulong address, int distance, int columns, int rows, string name)
    {
        TensorRef<float> packed = arithmetic.Tensor(index, new Shape(columns, rows));
        Span<float> elements = HostArithmetic.SpanOf(packed);
        for (int column = 0; column < columns; column++)
        {
            ReadOnlySpan<byte> bytes = access.Read(Column(address, distance, column), rows * sizeof(float), $"{Function}, {name}", sizeof(float));
            HostArithmetic.Load(bytes, elements.Slice(column * rows, rows), RoundsToTf32);
        }

        return packed;
    }
}
