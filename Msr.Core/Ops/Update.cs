using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// The factor that clips a norm, factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1, from ‖g‖². A NaN norm gives a NaN factor, and so does an infinite
/// one, whose square overflowed: neither is hidden behind a step of zero.
/// </summary>
/// <remarks>Error: γ_4·factor.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="SquaredNorm">The squared norm ‖g‖², one element.</param>
/// <param name="Factor">The factor, one element.</param>
/// <param name="Limit">The largest norm that is left as it is, above 0.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">The limit is not finite and above 0.</exception>
public sealed record ClipFactor<T>(TensorRef<T> SquaredNorm, TensorRef<T> Factor, double Limit) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "clip.factor";

    private protected override Op<T> Walk(OperandWalk operands) => new ClipFactor<T>(operands.Read(SquaredNorm), operands.Write(Factor), Limit);

    private protected override void Check()
    {
        Require.Scalar(Kind, SquaredNorm);
        Require.Scalar(Kind, Factor);
        Require.Positive(Kind, Limit);
    }
}

/// <summary>
/// Stochastic gradient descent: d = g + decay·w; v ← momentum·v + gain·d; d = nesterov ? d + momentum·v : v; w ← w − rate·multiplier·d.
/// Without momentum v stays as it is and d is the step.
/// </summary>
/// <remarks>Error: γ_12·Σ|terms| a step.</remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="W">Parameters, updated.</param>
/// <param name="G">Their gradient, of the same length.</param>
/// <param name="V">Momentum, of the same length, zero before the first step; updated.</param>
/// <param name="Rate">The learning rate, one element.</param>
/// <param name="Gain">Weight of the gradient in the momentum, one element: 1 on the first step, then 1 − dampening.</param>
/// <param name="Settings">The constants of the step.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">Momentum, weight decay or rate multiplier is not finite and at least 0.</exception>
public sealed record SgdStep<T>(TensorRef<T> W, TensorRef<T> G, TensorRef<T> V, TensorRef<T> Rate, TensorRef<T> Gain, SgdSettings Settings) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "sgd.step";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) =>
        new SgdStep<T>(operands.Update(W), operands.Read(G), operands.Update(V), operands.Read(Rate), operands.Read(Gain), Settings);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Settings);
        Require.Length(Kind, G, W.Length);
        Require.Length(Kind, V, W.Length);
        Require.Scalar(Kind, Rate);
        Require.Scalar(Kind, Gain);
        Require.NotNegative(Kind, Settings.Momentum);
        Require.NotNegative(Kind, Settings.WeightDecay);
        Require.NotNegative(Kind, Settings.RateMultiplier);
    }
}

/// <summary>The constants of <see cref="SgdStep{T}"/>, which checks them.</summary>
/// <param name="Momentum">Momentum, from 0.</param>
/// <param name="Nesterov">Whether the step looks ahead along the momentum.</param>
/// <param name="WeightDecay">Coupled weight decay, from 0: the multiple of the parameters that is added to the gradient.</param>
/// <param name="RateMultiplier">The factor of the learning rate for these parameters, from 0.</param>
public sealed record SgdSettings(double Momentum = 0, bool Nesterov = false, double WeightDecay = 0, double RateMultiplier = 1);

/// <summary>
/// The direction of Adam, element by element: m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).
/// The complements 1 − β are taken in float64. A <see cref="SgdStep{T}"/> along d with decay and no momentum is AdamW.
/// </summary>
/// <remarks>
/// Error: γ_3·(β1|m| + (1 − β1)|g|) for m, γ_4·v for v; docs/error-bounds.md derives the error of d from both. d may lie exactly over g.
/// Source: arXiv:1412.6980; decoupled decay: arXiv:1711.05101.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="G">The gradient.</param>
/// <param name="M">The mean of gradients, of the same length, zero before the first step; updated.</param>
/// <param name="V">The mean of their squares, of the same length, zero before the first step and never negative; updated.</param>
/// <param name="Correction">The bias corrections 1/(1 − β1^t) and 1/(1 − β2^t) of the t-th step, [2]: <see cref="AdamSettings.CorrectionAt"/>.</param>
/// <param name="D">The direction, of the same length; may lie exactly over g.</param>
/// <param name="Settings">The constants of the step.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
/// <exception cref="ArgumentOutOfRangeException">β1 or β2 is not from 0 to below 1, or ε, rounded to the element type, is not finite and above 0.</exception>
public sealed record AdamDirection<T>(TensorRef<T> G, TensorRef<T> M, TensorRef<T> V, TensorRef<T> Correction, TensorRef<T> D, AdamSettings Settings) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "adam.direction";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new AdamDirection<T>(
        operands.Read(G, mayBeOverwritten: true),
        operands.Update(M),
        operands.Update(V),
        operands.Read(Correction),
        operands.Write(D),
        Settings);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Settings);
        Require.Length(Kind, M, G.Length);
        Require.Length(Kind, V, G.Length);
        Require.Length(Kind, Correction, 2);
        Require.Length(Kind, D, G.Length);
        Require.Share(Kind, Settings.Beta1);
        Require.Share(Kind, Settings.Beta2);
        Require.Positive(Kind, double.CreateTruncating(T.CreateTruncating(Settings.Epsilon)), "Settings.Epsilon");
    }
}

/// <summary>The constants of <see cref="AdamDirection{T}"/>, which checks them.</summary>
/// <param name="Beta1">The decay of the mean of gradients from step to step, from 0 to below 1.</param>
/// <param name="Beta2">The decay of the mean of their squares from step to step, from 0 to below 1.</param>
/// <param name="Epsilon">The number added to the root mean square, above 0.</param>
public sealed record AdamSettings(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8)
{
    /// <summary>Adam's bias corrections in float64: 1/(1 − β1^t) and 1/(1 − β2^t) for t = step + 1, the two numbers of <see cref="AdamDirection{T}.Correction"/>.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public (double First, double Second) CorrectionAt(long step) =>
        (1 / (1 - Math.Pow(Beta1, step + 1.0)), 1 / (1 - Math.Pow(Beta2, step + 1.0)));
}
