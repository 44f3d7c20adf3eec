using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of a bias: the sum over rows, db[c] = Σ dy[…,c].
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|dy| with n the number of rows, one more when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record BiasGradient<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "bias.gradient";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="dy">Gradient of the output, [..., C].</param>
    /// <param name="db">Gradient of the bias, [C].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public BiasGradient(TensorRef<T> dy, TensorRef<T> db, bool accumulate = false)
    {
        Require.PerChannel(Kind, "db", dy.Shape, db.Shape);
        (Dy, Db, Accumulate) = (dy, db, accumulate);
    }

    /// <summary>Gradient of the output, [..., C].</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Gradient of the bias, [C].</summary>
    public TensorRef<T> Db { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("dy", Dy),
        Operand.Write("db", Db, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new BiasGradient<T>(map.Map(Dy), map.Map(Db), Accumulate);
    }

    /// <inheritdoc/>
    public override Op<T> Accumulating() => Accumulate ? this : new BiasGradient<T>(Dy, Db, accumulate: true);
}
