using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>The passes of a convolution.</summary>
public enum ConvDirection
{
    /// <summary>The outputs from images and filters.</summary>
    Forward,

    /// <summary>The gradient by the images.</summary>
    BackwardData,

    /// <summary>The gradient by the filters.</summary>
    BackwardFilter,
}

/// <summary>
/// A convolution in one of its three directions. Each has a tensor of images [N, H, W, C], one of filters [K, R, S, C/G] and one of outputs
/// [N, P, Q, K]; the direction says which of them, as a gradient, is the result.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Name">The name of the kind of op.</param>
/// <param name="Geometry">The geometry of the convolution.</param>
/// <param name="Accumulate">Whether the op adds to its destination instead of writing it.</param>
public abstract record ConvolutionOp<T>(string Name, ConvGeometry Geometry, bool Accumulate) : Op<T>(Name)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The direction.</summary>
    public abstract ConvDirection Direction { get; }

    /// <summary>The images or their gradient, [N, H, W, C].</summary>
    public abstract TensorRef<T> Images { get; }

    /// <summary>The filters or their gradient, [K, R, S, C/G].</summary>
    public abstract TensorRef<T> Filters { get; }

    /// <summary>The outputs or their gradient, [N, P, Q, K].</summary>
    public abstract TensorRef<T> Outputs { get; }

    /// <summary>The result: the tensor of these three that the op writes or adds to.</summary>
    public TensorRef<T> Result => Direction switch
    {
        ConvDirection.Forward => Outputs,
        ConvDirection.BackwardData => Images,
        _ => Filters,
    };

    /// <summary>The number of samples, N.</summary>
    public int Samples => Images.Shape[0];
}

/// <summary>
/// Convolution forward, y[n,p,q,k] = Σ_{r,s,c} x[n, p·u + r·d − top, q·v + s·e − left, c] · w[k,r,s,c], c over the channels of k's group.
/// </summary>
/// <remarks>
/// Error: |computed − exact| ≤ γ_n·Σ|x||w| with n = C/G·R·S, one more when accumulating. It is left open whether an Inf or NaN weight that meets
/// a padded zero gives NaN or has no effect.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the convolution.</param>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="W">Filters, [K, R, S, C/G].</param>
/// <param name="Y">Output, [N, P, Q, K].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ConvForward<T>(ConvGeometry Geometry, TensorRef<T> X, TensorRef<T> W, TensorRef<T> Y, bool Accumulate = false)
    : ConvolutionOp<T>(Kind, Geometry, Accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.forward";

    /// <inheritdoc/>
    public override ConvDirection Direction => ConvDirection.Forward;

    /// <inheritdoc/>
    public override TensorRef<T> Images => X;

    /// <inheritdoc/>
    public override TensorRef<T> Filters => W;

    /// <inheritdoc/>
    public override TensorRef<T> Outputs => Y;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new ConvForward<T>(Geometry, operands.Read(X), operands.Read(W), operands.Write(Y, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, X, 4);
        Require.Shape(Kind, X, Geometry.Input(X.Shape[0]));
        Require.Shape(Kind, W, Geometry.Filter);
        Require.Shape(Kind, Y, Geometry.Output(X.Shape[0]));
    }
}

/// <summary>
/// Gradient of a convolution by its input: the adjoint of <see cref="ConvForward{T}"/> in x, dx = Aᵀ dy.
/// Where padding replicates or reflects, the gradients of the padded copies are added to the elements they were copied from.
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|dy||w| with n = K/G·R·S, one more when accumulating. Where padding replicates or reflects, a border element is read more often,
/// and n counts every product that reaches it. It is left open whether an Inf or NaN weight whose tap meets no output there (a zero that pads dy)
/// gives NaN or has no effect.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the convolution.</param>
/// <param name="Dy">Gradient of the output, [N, P, Q, K].</param>
/// <param name="W">Filters, [K, R, S, C/G].</param>
/// <param name="Dx">Gradient of the input, [N, H, W, C].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ConvBackwardData<T>(ConvGeometry Geometry, TensorRef<T> Dy, TensorRef<T> W, TensorRef<T> Dx, bool Accumulate = false)
    : ConvolutionOp<T>(Kind, Geometry, Accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.backward-data";

    /// <inheritdoc/>
    public override ConvDirection Direction => ConvDirection.BackwardData;

    /// <inheritdoc/>
    public override TensorRef<T> Images => Dx;

    /// <inheritdoc/>
    public override TensorRef<T> Filters => W;

    /// <inheritdoc/>
    public override TensorRef<T> Outputs => Dy;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new ConvBackwardData<T>(Geometry, operands.Read(Dy), operands.Read(W), operands.Write(Dx, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, Dy, 4);
        Require.Shape(Kind, Dy, Geometry.Output(Dy.Shape[0]));
        Require.Shape(Kind, W, Geometry.Filter);
        Require.Shape(Kind, Dx, Geometry.Input(Dy.Shape[0]));
    }
}

/// <summary>
/// Gradient of a convolution by its filters, dw[k,r,s,c] = Σ_{n,p,q} dy[n,p,q,k] · x[n, p·u + r·d − top, q·v + s·e − left, c].
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|x||dy| with n = N·P·Q, one more when accumulating. It is left open whether an Inf or NaN gradient that meets a padded zero gives
/// NaN or has no effect.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Geometry">The geometry of the convolution.</param>
/// <param name="X">Input, [N, H, W, C].</param>
/// <param name="Dy">Gradient of the output, [N, P, Q, K].</param>
/// <param name="Dw">Gradient of the filters, [K, R, S, C/G].</param>
/// <param name="Accumulate">Whether to add to the destination instead of writing it.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record ConvBackwardFilter<T>(ConvGeometry Geometry, TensorRef<T> X, TensorRef<T> Dy, TensorRef<T> Dw, bool Accumulate = false)
    : ConvolutionOp<T>(Kind, Geometry, Accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.backward-filter";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.SumsOverSamples;

    /// <inheritdoc/>
    public override ConvDirection Direction => ConvDirection.BackwardFilter;

    /// <inheritdoc/>
    public override TensorRef<T> Images => X;

    /// <inheritdoc/>
    public override TensorRef<T> Filters => Dw;

    /// <inheritdoc/>
    public override TensorRef<T> Outputs => Dy;

    /// <inheritdoc/>
    public override Op<T> Accumulating() => this with { Accumulate = true };

    private protected override Op<T> Walk(OperandWalk operands) =>
        new ConvBackwardFilter<T>(Geometry, operands.Read(X), operands.Read(Dy), operands.Write(Dw, Accumulate), Accumulate);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Geometry);
        Require.Rank(Kind, X, 4);
        Require.Shape(Kind, X, Geometry.Input(X.Shape[0]));
        Require.Shape(Kind, Dy, Geometry.Output(X.Shape[0]));
        Require.Shape(Kind, Dw, Geometry.Filter);
    }
}
