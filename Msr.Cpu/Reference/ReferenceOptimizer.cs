using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>The optimizer's step, Adam's direction, and the factor that clips a gradient.</summary>
internal static class ReferenceOptimizer
{
    /// <summary>factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1; NaN where the norm is not finite.</summary>
    public static void ClipFactor<T>(ClipFactor<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T norm = T.Sqrt(HostMemory<T>.SpanOf(op.SquaredNorm)[0]);
        T limit = T.CreateChecked(op.Limit);
        HostMemory<T>.SpanOf(op.Factor)[0] = !T.IsFinite(norm) ? T.NaN : norm > limit ? limit / norm : T.One;
    }

    /// <summary>d = g + decay·w; v ← momentum·v + gain·d; d = nesterov ? d + momentum·v : v; w ← w − rate·multiplier·d.</summary>
    public static void Step<T>(SgdStep<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), g = HostMemory<T>.SpanOf(op.G), v = HostMemory<T>.SpanOf(op.V);
        T gain = HostMemory<T>.SpanOf(op.Gain)[0];
        T rate = HostMemory<T>.SpanOf(op.Rate)[0] * T.CreateChecked(op.Settings.RateMultiplier);
        T momentum = T.CreateChecked(op.Settings.Momentum), decay = T.CreateChecked(op.Settings.WeightDecay);
        for (int i = 0; i < w.Length; i++)
        {
            T d = g[i] + (decay * w[i]);
            if (momentum != T.Zero)
            {
                v[i] = (momentum * v[i]) + (gain * d);
                d = op.Settings.Nesterov ? d + (momentum * v[i]) : v[i];
            }

            w[i] -= rate * d;
        }
    }

    /// <summary>m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).</summary>
    public static void Direction<T>(AdamDirection<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> g = HostMemory<T>.SpanOf(op.G), m = HostMemory<T>.SpanOf(op.M), v = HostMemory<T>.SpanOf(op.V);
        Span<T> correction = HostMemory<T>.SpanOf(op.Correction), d = HostMemory<T>.SpanOf(op.D);
        T beta1 = T.CreateChecked(op.Settings.Beta1), rest1 = T.CreateChecked(1 - op.Settings.Beta1);
        T beta2 = T.CreateChecked(op.Settings.Beta2), rest2 = T.CreateChecked(1 - op.Settings.Beta2);
        T epsilon = T.CreateChecked(op.Settings.Epsilon);
        for (int i = 0; i < g.Length; i++)
        {
            m[i] = (beta1 * m[i]) + (rest1 * g[i]);
            v[i] = (beta2 * v[i]) + (rest2 * (g[i] * g[i]));
            d[i] = m[i] * correction[0] / (T.Sqrt(v[i] * correction[1]) + epsilon);
        }
    }
}
