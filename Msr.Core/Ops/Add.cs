using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Sum of two tensors, y = a + b.
/// </summary>
/// <remarks>
/// Error: none beyond the one rounding of the sum.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record Add<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "add";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="a">A term.</param>
    /// <param name="b">The other term, shaped like a.</param>
    /// <param name="y">Sum, shaped like a; may be a or b itself.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public Add(TensorRef<T> a, TensorRef<T> b, TensorRef<T> y)
    {
        Require.Shape(Kind, "b", a.Shape, b.Shape);
        Require.Shape(Kind, "y", a.Shape, y.Shape);
        (A, B, Y) = (a, b, y);
    }

    /// <summary>A term.</summary>
    public TensorRef<T> A { get; }

    /// <summary>The other term, shaped like a.</summary>
    public TensorRef<T> B { get; }

    /// <summary>Sum, shaped like a; may be a or b itself.</summary>
    public TensorRef<T> Y { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("a", A),
        Operand.Read("b", B),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Add<T>(map.Map(A), map.Map(B), map.Map(Y));
    }
}
