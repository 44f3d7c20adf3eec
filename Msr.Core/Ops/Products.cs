using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>Matrix product, c = A·B, where A is a or its transpose [M, L] and B is b or its transpose [L, N].</summary>
/// <remarks>Error: γ_n·Σ|a||b| with n = L, one more when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="A">Left factor, [M, L], or [L, M] when transposed.</param>
/// <param name="B">Right factor, [L, N], or [N, L] when transposed.</param>
/// <param name="C">Product, [M, N].</param>
/// <param name="TransposeA">Whether the left factor is the transpose of <c>a</c>.</param>
/// <param name="TransposeB">Whether the right factor is the transpose of <c>b</c>.</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record MatMul<T>(TensorRef<T> A, TensorRef<T> B, TensorRef<T> C, bool TransposeA, bool TransposeB, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "matmul";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.SumsOverSamples;

    /// <inheritdoc/>
    public override Op<T> Accumulating() => this with { Accumulate = true };

    private protected override Op<T> Walk(OperandWalk operands) =>
        new MatMul<T>(operands.Read(A), operands.Read(B), operands.Write(C, Accumulate), TransposeA, TransposeB, Accumulate);

    private protected override void Check()
    {
        Require.Rank(Kind, A, 2);
        Require.Rank(Kind, B, 2);
        int inner = A.Shape[TransposeA ? 0 : 1];
        Require.Shape(Kind, B, TransposeB ? new Shape(B.Shape[0], inner) : new Shape(inner, B.Shape[1]));
        Require.Shape(Kind, C, new Shape(A.Shape[TransposeA ? 1 : 0], B.Shape[TransposeB ? 0 : 1]));
    }
}

/// <summary>Adds a bias to every row, y[…,c] = x[…,c] + b[c].</summary>
/// <remarks>Error: none beyond the one rounding of the sum.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input, [..., C].</param>
/// <param name="B">Bias, [C].</param>
/// <param name="Y">Output, shaped like x; may be x itself.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record BiasAdd<T>(TensorRef<T> X, TensorRef<T> B, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "bias.add";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new BiasAdd<T>(operands.Read(X, mayBeOverwritten: true), operands.Read(B), operands.Write(Y));

    private protected override void Check()
    {
        Require.PerChannel(Kind, B, X.Shape);
        Require.Shape(Kind, Y, X.Shape);
    }
}

/// <summary>Gradient of a bias: the sum over rows, db[c] = Σ dy[…,c].</summary>
/// <remarks>Error: γ_n·Σ|dy| with n the number of rows, one more when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Dy">Gradient of the output, [..., C].</param>
/// <param name="Db">Gradient of the bias, [C].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record BiasGradient<T>(TensorRef<T> Dy, TensorRef<T> Db, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "bias.gradient";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.SumsOverSamples;

    /// <inheritdoc/>
    public override Op<T> Accumulating() => this with { Accumulate = true };

    private protected override Op<T> Walk(OperandWalk operands) => new BiasGradient<T>(operands.Read(Dy), operands.Write(Db, Accumulate), Accumulate);

    private protected override void Check() => Require.PerChannel(Kind, Db, Dy.Shape);
}
