using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Adds a bias to every row, y[…,c] = x[…,c] + b[c].
/// </summary>
/// <remarks>
/// Error: none beyond the one rounding of the sum.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record BiasAdd<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "bias.add";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input, [..., C].</param>
    /// <param name="b">Bias, [C].</param>
    /// <param name="y">Output, shaped like x; may be x itself.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public BiasAdd(TensorRef<T> x, TensorRef<T> b, TensorRef<T> y)
    {
        Require.PerChannel(Kind, "b", x.Shape, b.Shape);
        Require.Shape(Kind, "y", x.Shape, y.Shape);
        (X, B, Y) = (x, b, y);
    }

    /// <summary>Input, [..., C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Bias, [C].</summary>
    public TensorRef<T> B { get; }

    /// <summary>Output, shaped like x; may be x itself.</summary>
    public TensorRef<T> Y { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("b", B),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new BiasAdd<T>(map.Map(X), map.Map(B), map.Map(Y));
    }
}
