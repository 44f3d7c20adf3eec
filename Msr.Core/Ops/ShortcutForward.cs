using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Parameter-free shortcut (option A of He et al. 2015), y [N, P, Q, K]: every stride-th element of x, or the mean of each stride×stride
/// window clipped to the input, with zero channels before and after to widen C to K.
/// </summary>
/// <remarks>
/// Error: none when sub-sampling; γ_{n+1}·Σ|x|/n for windows of n elements.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ShortcutForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "shortcut.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the shortcut.</param>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="y">Output, [N, P, Q, K].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ShortcutForward(ShortcutGeometry geometry, TensorRef<T> x, TensorRef<T> y)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "x", 4, x.Shape);
        Require.Shape(Kind, "x", geometry.Input(x.Shape[0]), x.Shape);
        Require.Shape(Kind, "y", geometry.Output(x.Shape[0]), y.Shape);
        (Geometry, X, Y) = (geometry, x, y);
    }

    /// <summary>The geometry of the shortcut.</summary>
    public ShortcutGeometry Geometry { get; }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Output, [N, P, Q, K].</summary>
    public TensorRef<T> Y { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ShortcutForward<T>(Geometry, map.Map(X), map.Map(Y));
    }
}
