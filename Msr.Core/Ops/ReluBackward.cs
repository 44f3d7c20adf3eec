using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of the rectifier, dx = y &gt; 0 ? dy : 0. The derivative at 0 is 0; a NaN in y stops the gradient.
/// </summary>
/// <remarks>
/// Error: none, or one rounding when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ReluBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "relu.backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="y">The output of the rectifier.</param>
    /// <param name="dy">Gradient of the output, shaped like y.</param>
    /// <param name="dx">Gradient of the input, shaped like y; may be dy itself.</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ReluBackward(TensorRef<T> y, TensorRef<T> dy, TensorRef<T> dx, bool accumulate = false)
    {
        Require.Shape(Kind, "dy", y.Shape, dy.Shape);
        Require.Shape(Kind, "dx", y.Shape, dx.Shape);
        (Y, Dy, Dx, Accumulate) = (y, dy, dx, accumulate);
    }

    /// <summary>The output of the rectifier.</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Gradient of the output, shaped like y.</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Gradient of the input, shaped like y; may be dy itself.</summary>
    public TensorRef<T> Dx { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("y", Y),
        Operand.Read("dy", Dy),
        Operand.Write("dx", Dx, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ReluBackward<T>(map.Map(Y), map.Map(Dy), map.Map(Dx), Accumulate);
    }
}
