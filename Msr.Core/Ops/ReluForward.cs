using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Rectifier, y = x &lt; 0 ? 0 : x. NaN passes, −0 stays −0.
/// </summary>
/// <remarks>
/// Error: none.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ReluForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "relu.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input.</param>
    /// <param name="y">Output, shaped like x; may be x itself.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ReluForward(TensorRef<T> x, TensorRef<T> y)
    {
        Require.Shape(Kind, "y", x.Shape, y.Shape);
        (X, Y) = (x, y);
    }

    /// <summary>Input.</summary>
    public TensorRef<T> X { get; }

    /// <summary>Output, shaped like x; may be x itself.</summary>
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
        return new ReluForward<T>(map.Map(X), map.Map(Y));
    }
}
