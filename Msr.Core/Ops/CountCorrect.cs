using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Number of samples whose first largest logit is at their label. A sample with a NaN among its logits is not correct.
/// </summary>
/// <remarks>
/// Error: none.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record CountCorrect<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.count-correct";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="logits">Logits, [N, K].</param>
    /// <param name="labels">Labels, [N].</param>
    /// <param name="count">The number, one element.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public CountCorrect(TensorRef<T> logits, TensorRef<int> labels, TensorRef<int> count)
    {
        Require.Rank(Kind, "logits", 2, logits.Shape);
        Require.Shape(Kind, "labels", new Shape(logits.Shape[0]), labels.Shape);
        Require.Scalar(Kind, "count", count.Shape);
        (Logits, Labels, Count) = (logits, labels, count);
    }

    /// <summary>Logits, [N, K].</summary>
    public TensorRef<T> Logits { get; }

    /// <summary>Labels, [N].</summary>
    public TensorRef<int> Labels { get; }

    /// <summary>The number, one element.</summary>
    public TensorRef<int> Count { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("logits", Logits),
        Operand.Read("labels", Labels),
        Operand.Write("count", Count),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new CountCorrect<T>(map.Map(Logits), map.Map(Labels), map.Map(Count));
    }
}
