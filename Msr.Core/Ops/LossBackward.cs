using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of softmax cross-entropy, dlogits[n,k] = scale·(softmax(logits[n])_k − q_k), with q as in <see cref="LossForward{T}"/>.
/// </summary>
/// <remarks>
/// Error: |scale|·(p_k·(1.02·u·|a_k| + 1.03·ρ + γ_10) + γ_7·q̃_k + 4·η), p = softmax, a_k, ρ and q̃_k as in <see cref="LossForward{T}"/>.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record LossBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "loss.backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="logits">Logits, [N, K].</param>
    /// <param name="labels">Labels, [N], each from 0 to K − 1.</param>
    /// <param name="scale">What each sample counts, one element: 1/N for the mean over N.</param>
    /// <param name="dlogits">Gradient of the logits, [N, K].</param>
    /// <param name="smoothing">Label smoothing s, from 0 to below 1.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is out of its range.</exception>
    public LossBackward(TensorRef<T> logits, TensorRef<int> labels, TensorRef<T> scale, TensorRef<T> dlogits, double smoothing)
    {
        Require.Rank(Kind, "logits", 2, logits.Shape);
        Require.Shape(Kind, "labels", new Shape(logits.Shape[0]), labels.Shape);
        Require.Scalar(Kind, "scale", scale.Shape);
        Require.Shape(Kind, "dlogits", logits.Shape, dlogits.Shape);
        Require.Share(Kind, nameof(smoothing), smoothing);
        (Logits, Labels, Scale, Dlogits, Smoothing) = (logits, labels, scale, dlogits, smoothing);
    }

    /// <summary>Logits, [N, K].</summary>
    public TensorRef<T> Logits { get; }

    /// <summary>Labels, [N], each from 0 to K − 1.</summary>
    public TensorRef<int> Labels { get; }

    /// <summary>What each sample counts, one element: 1/N for the mean over N.</summary>
    public TensorRef<T> Scale { get; }

    /// <summary>Gradient of the logits, [N, K].</summary>
    public TensorRef<T> Dlogits { get; }

    /// <summary>Label smoothing s, from 0 to below 1.</summary>
    public double Smoothing { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("logits", Logits),
        Operand.Read("labels", Labels),
        Operand.Read("scale", Scale),
        Operand.Write("dlogits", Dlogits),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new LossBackward<T>(map.Map(Logits), map.Map(Labels), map.Map(Scale), map.Map(Dlogits), Smoothing);
    }
}
