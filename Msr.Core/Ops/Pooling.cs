using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Largest element of each window, y[n,p,q,c] = max x over the window. The first maximum in row-major order wins; the first NaN wins over
/// every number.
/// </summary>
/// <remarks>Error: none.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the windows.</param>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Y">Output, [N, P, Q, C].</param>
/// <param name="Argmax">Position of the maximum, h·W + w of the unpadded plane, [N, P, Q, C].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record MaxPoolForward<T>(PoolGeometry Geometry, TensorRef<T> X, TensorRef<T> Y, TensorRef<int> Argmax) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.max-forward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new MaxPoolForward<T>(Geometry, operands.Read(X), operands.Write(Y), operands.Write(Argmax));

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, X, 4);
        Require.Shape(Kind, X, Geometry.Input(X.Shape[0]));
        Require.Shape(Kind, Y, Geometry.Output(X.Shape[0]));
        Require.Shape(Kind, Argmax, Y.Shape);
    }
}

/// <summary>Gradient of <see cref="MaxPoolForward{T}"/>: every dy goes to the element that won.</summary>
/// <remarks>Error: γ_n·Σ|dy| over the n windows that an element won, one more when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the windows.</param>
/// <param name="Dy">Gradient of the output, [N, P, Q, C].</param>
/// <param name="Argmax">Positions of the maxima, as the forward op wrote them.</param>
/// <param name="Dx">Gradient of the input, [N, H, W, C].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record MaxPoolBackward<T>(PoolGeometry Geometry, TensorRef<T> Dy, TensorRef<int> Argmax, TensorRef<T> Dx, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.max-backward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new MaxPoolBackward<T>(Geometry, operands.Read(Dy), operands.Read(Argmax), operands.Write(Dx, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, Dy, 4);
        Require.Shape(Kind, Dy, Geometry.Output(Dy.Shape[0]));
        Require.Shape(Kind, Argmax, Dy.Shape);
        Require.Shape(Kind, Dx, Geometry.Input(Dy.Shape[0]));
    }
}

/// <summary>Mean of each window, y[n,p,q,c] = Σ x / divisor(p, q); see <see cref="PoolGeometry.Divisor"/>.</summary>
/// <remarks>Error: γ_{n+1}·Σ|x|/divisor for windows of n elements.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the windows.</param>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Y">Output, [N, P, Q, C].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record MeanPoolForward<T>(PoolGeometry Geometry, TensorRef<T> X, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.mean-forward";

    private protected override Op<T> Walk(OperandWalk operands) => new MeanPoolForward<T>(Geometry, operands.Read(X), operands.Write(Y));

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, X, 4);
        Require.Shape(Kind, X, Geometry.Input(X.Shape[0]));
        Require.Shape(Kind, Y, Geometry.Output(X.Shape[0]));
    }
}

/// <summary>Gradient of <see cref="MeanPoolForward{T}"/>: every element gets dy/divisor of each window it lies in.</summary>
/// <remarks>Error: γ_{n+1}·Σ|dy|/divisor over the n windows an element lies in, one more when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the windows.</param>
/// <param name="Dy">Gradient of the output, [N, P, Q, C].</param>
/// <param name="Dx">Gradient of the input, [N, H, W, C].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record MeanPoolBackward<T>(PoolGeometry Geometry, TensorRef<T> Dy, TensorRef<T> Dx, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.mean-backward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new MeanPoolBackward<T>(Geometry, operands.Read(Dy), operands.Write(Dx, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, Dy, 4);
        Require.Shape(Kind, Dy, Geometry.Output(Dy.Shape[0]));
        Require.Shape(Kind, Dx, Geometry.Input(Dy.Shape[0]));
    }
}

/// <summary>
/// Parameter-free shortcut (option A of He et al. 2015), y [N, P, Q, K]: every stride-th element of x, or the mean of each stride×stride
/// window clipped to the input, with zero channels before and after to widen C to K.
/// </summary>
/// <remarks>Error: none when sub-sampling; γ_{n+1}·Σ|x|/n for windows of n elements.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the shortcut.</param>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Y">Output, [N, P, Q, K].</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ShortcutForward<T>(ShortcutGeometry Geometry, TensorRef<T> X, TensorRef<T> Y) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "shortcut.forward";

    private protected override Op<T> Walk(OperandWalk operands) => new ShortcutForward<T>(Geometry, operands.Read(X), operands.Write(Y));

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, X, 4);
        Require.Shape(Kind, X, Geometry.Input(X.Shape[0]));
        Require.Shape(Kind, Y, Geometry.Output(X.Shape[0]));
    }
}

/// <summary>Gradient of <see cref="ShortcutForward{T}"/> by its input: its adjoint.</summary>
/// <remarks>Error: none when sub-sampling; one rounding of dy/n otherwise; one more when accumulating.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the shortcut.</param>
/// <param name="Dy">Gradient of the output, [N, P, Q, K].</param>
/// <param name="Dx">Gradient of the input, [N, H, W, C].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ShortcutBackward<T>(ShortcutGeometry Geometry, TensorRef<T> Dy, TensorRef<T> Dx, bool Accumulate = false) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "shortcut.backward";

    private protected override Op<T> Walk(OperandWalk operands) =>
        new ShortcutBackward<T>(Geometry, operands.Read(Dy), operands.Write(Dx, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, Dy, 4);
        Require.Shape(Kind, Dy, Geometry.Output(Dy.Shape[0]));
        Require.Shape(Kind, Dx, Geometry.Input(Dy.Shape[0]));
    }
}
