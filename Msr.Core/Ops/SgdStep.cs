using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Stochastic gradient descent: d = g + decay·w; v ← momentum·v + gain·d; d = nesterov ? d + momentum·v : v; w ← w − rate·multiplier·d.
/// Without momentum v stays as it is and d is the step.
/// </summary>
/// <remarks>
/// Error: γ_12·Σ|terms| a step.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record SgdStep<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "sgd.step";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="w">Parameters, updated.</param>
    /// <param name="g">Their gradient, of the same length.</param>
    /// <param name="v">Momentum, of the same length, zero before the first step.</param>
    /// <param name="rate">The learning rate, one element.</param>
    /// <param name="gain">What the gradient counts in the momentum, one element: 1 on the first step, then 1 − dampening.</param>
    /// <param name="settings">What stays the same from step to step.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Momentum, weight decay or rate multiplier is not finite and at least 0.</exception>
    public SgdStep(TensorRef<T> w, TensorRef<T> g, TensorRef<T> v, TensorRef<T> rate, TensorRef<T> gain, SgdSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Require.Length(Kind, "g", w.Length, g.Shape);
        Require.Length(Kind, "v", w.Length, v.Shape);
        Require.Scalar(Kind, "rate", rate.Shape);
        Require.Scalar(Kind, "gain", gain.Shape);
        Require.NotNegative(Kind, nameof(settings.Momentum), settings.Momentum);
        Require.NotNegative(Kind, nameof(settings.WeightDecay), settings.WeightDecay);
        Require.NotNegative(Kind, nameof(settings.RateMultiplier), settings.RateMultiplier);
        (W, G, V, Rate, Gain, Settings) = (w, g, v, rate, gain, settings);
    }

    /// <summary>Parameters, updated.</summary>
    public TensorRef<T> W { get; }

    /// <summary>Their gradient, of the same length.</summary>
    public TensorRef<T> G { get; }

    /// <summary>Momentum, of the same length, zero before the first step.</summary>
    public TensorRef<T> V { get; }

    /// <summary>The learning rate, one element.</summary>
    public TensorRef<T> Rate { get; }

    /// <summary>What the gradient counts in the momentum, one element: 1 on the first step, then 1 − dampening.</summary>
    public TensorRef<T> Gain { get; }

    /// <summary>What stays the same from step to step.</summary>
    public SgdSettings Settings { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Write("w", W, accumulate: true),
        Operand.Read("g", G),
        Operand.Write("v", V, accumulate: true),
        Operand.Read("rate", Rate),
        Operand.Read("gain", Gain),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new SgdStep<T>(map.Map(W), map.Map(G), map.Map(V), map.Map(Rate), map.Map(Gain), Settings);
    }
}
