using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Softmax cross-entropy of each sample, loss[n] = −Σ_k q_k·log softmax(logits[n])_k with q = (1 − s)·onehot(label) + s/K, computed from
/// logits shifted by their maximum.
/// </summary>
/// <remarks>
/// Error: with a_k = logit − maximum, S = Σ e^{a_k} ≥ 1 and ρ = 1.02·u·Σ p_k·|a_k| + γ_{K+5} + K·η the relative error of S:
/// Σ_k q̃_k·(1.03·ρ + γ_{K+11}·(log S + |a_k|)) + η, q̃_k being the targets with all terms added up.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record LossForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="logits">Logits, [N, K].</param>
    /// <param name="labels">Labels, [N], each from 0 to K − 1.</param>
    /// <param name="loss">Loss of each sample, [N].</param>
    /// <param name="smoothing">Label smoothing s, from 0 to below 1.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is out of its range.</exception>
    public LossForward(TensorRef<T> logits, TensorRef<int> labels, TensorRef<T> loss, double smoothing)
    {
        Require.Rank(Kind, "logits", 2, logits.Shape);
        Require.Shape(Kind, "labels", new Shape(logits.Shape[0]), labels.Shape);
        Require.Shape(Kind, "loss", labels.Shape, loss.Shape);
        Require.Share(Kind, nameof(smoothing), smoothing);
        (Logits, Labels, Loss, Smoothing) = (logits, labels, loss, smoothing);
    }

    /// <summary>Logits, [N, K].</summary>
    public TensorRef<T> Logits { get; }

    /// <summary>Labels, [N], each from 0 to K − 1.</summary>
    public TensorRef<int> Labels { get; }

    /// <summary>Loss of each sample, [N].</summary>
    public TensorRef<T> Loss { get; }

    /// <summary>Label smoothing s, from 0 to below 1.</summary>
    public double Smoothing { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("logits", Logits),
        Operand.Read("labels", Labels),
        Operand.Write("loss", Loss),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new LossForward<T>(map.Map(Logits), map.Map(Labels), map.Map(Loss), Smoothing);
    }
}
