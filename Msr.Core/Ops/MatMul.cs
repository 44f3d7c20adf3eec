using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Matrix product, c = A·B, where A is a or its transpose [M, L] and B is b or its transpose [L, N].
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|a||b| with n = L, one more when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record MatMul<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "matmul";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="a">Left factor, [M, L], or [L, M] when transposed.</param>
    /// <param name="b">Right factor, [L, N], or [N, L] when transposed.</param>
    /// <param name="c">Product, [M, N].</param>
    /// <param name="transposeA">Whether the left factor is the transpose of <c>a</c>.</param>
    /// <param name="transposeB">Whether the right factor is the transpose of <c>b</c>.</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public MatMul(TensorRef<T> a, TensorRef<T> b, TensorRef<T> c, bool transposeA, bool transposeB, bool accumulate = false)
    {
        Require.Rank(Kind, "a", 2, a.Shape);
        Require.Rank(Kind, "b", 2, b.Shape);
        int inner = a.Shape[transposeA ? 0 : 1];
        Require.Shape(Kind, "b", transposeB ? new Shape(b.Shape[0], inner) : new Shape(inner, b.Shape[1]), b.Shape);
        Require.Shape(Kind, "c", new Shape(a.Shape[transposeA ? 1 : 0], b.Shape[transposeB ? 0 : 1]), c.Shape);
        (A, B, C, TransposeA, TransposeB, Accumulate) = (a, b, c, transposeA, transposeB, accumulate);
    }

    /// <summary>Left factor, [M, L], or [L, M] when transposed.</summary>
    public TensorRef<T> A { get; }

    /// <summary>Right factor, [L, N], or [N, L] when transposed.</summary>
    public TensorRef<T> B { get; }

    /// <summary>Product, [M, N].</summary>
    public TensorRef<T> C { get; }

    /// <summary>Whether the left factor is the transpose of <c>a</c>.</summary>
    public bool TransposeA { get; }

    /// <summary>Whether the right factor is the transpose of <c>b</c>.</summary>
    public bool TransposeB { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("a", A),
        Operand.Read("b", B),
        Operand.Write("c", C, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new MatMul<T>(map.Map(A), map.Map(B), map.Map(C), TransposeA, TransposeB, Accumulate);
    }

    /// <inheritdoc/>
    public override Op<T> Accumulating() => Accumulate ? this : new MatMul<T>(A, B, C, TransposeA, TransposeB, accumulate: true);
}
