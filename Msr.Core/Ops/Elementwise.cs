using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>Sets every element, y = value.</summary>
/// <remarks>Error: none.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Y">Destination.</param>
/// <param name="Value">The value.</param>
public sealed record Fill<T>(TensorRef<T> Y, T Value) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "fill";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new Fill<T>(operands.Write(Y), Value);

    private protected override void Check()
    {
    }
}

/// <summary>Copies a tensor, y = x; or, accumulating, adds it, y ← y + x.</summary>
/// <remarks>Error: none, or one rounding when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Source.</param>
/// <param name="Y">Destination, of the same length.</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record Copy<T>(TensorRef<T> X, TensorRef<T> Y, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "copy";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new Copy<T>(operands.Read(X), operands.Write(Y, Accumulate), Accumulate);

    private protected override void Check() => Require.Length(Kind, Y, X.Length);
}

/// <summary>Adds two tensors, y = a + b.</summary>
/// <remarks>Error: none beyond the one rounding of the sum.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="A">A term.</param>
/// <param name="B">The other term, shaped like a.</param>
/// <param name="Y">Sum, shaped like a; may be a or b itself.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record Add<T>(TensorRef<T> A, TensorRef<T> B, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "add";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new Add<T>(operands.Read(A, mayBeOverwritten: true), operands.Read(B, mayBeOverwritten: true), operands.Write(Y));

    private protected override void Check()
    {
        Require.Shape(Kind, B, A.Shape);
        Require.Shape(Kind, Y, A.Shape);
    }
}

/// <summary>Multiplies a tensor in place by a factor in device memory, x ← factor·x.</summary>
/// <remarks>Error: none beyond the one rounding of the product.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">The tensor, scaled in place.</param>
/// <param name="Factor">The factor, one element.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record Scale<T>(TensorRef<T> X, TensorRef<T> Factor) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "scale";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new Scale<T>(operands.Update(X), operands.Read(Factor));

    private protected override void Check() => Require.Scalar(Kind, Factor);
}

/// <summary>The ReLU, y = x &lt; 0 ? 0 : x. NaN passes, −0 stays −0.</summary>
/// <remarks>Error: none.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input.</param>
/// <param name="Y">Output, shaped like x; may be x itself.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ReluForward<T>(TensorRef<T> X, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "relu.forward";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new ReluForward<T>(operands.Read(X, mayBeOverwritten: true), operands.Write(Y));

    private protected override void Check() => Require.Shape(Kind, Y, X.Shape);
}

/// <summary>Gradient of the ReLU, dx = y &gt; 0 ? dy : 0. The derivative at 0 is 0; a NaN in y stops the gradient.</summary>
/// <remarks>Error: none, or one rounding when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Y">The output of the ReLU.</param>
/// <param name="Dy">Gradient of the output, shaped like y.</param>
/// <param name="Dx">Gradient of the input, shaped like y; may be dy itself where it is written.</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ReluBackward<T>(TensorRef<T> Y, TensorRef<T> Dy, TensorRef<T> Dx, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "relu.backward";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new ReluBackward<T>(operands.Read(Y), operands.Read(Dy, mayBeOverwritten: !Accumulate), operands.Write(Dx, Accumulate), Accumulate);

    private protected override void Check()
    {
        Require.Shape(Kind, Dy, Y.Shape);
        Require.Shape(Kind, Dx, Y.Shape);
    }
}
