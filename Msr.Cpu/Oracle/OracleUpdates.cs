using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>The optimizer's step, Adam's direction, and the factor that clips a gradient.</summary>
internal static class OracleUpdates
{
    /// <summary>factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1; NaN where the norm is not finite.</summary>
    public static void ClipFactor<T>(ClipFactor<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T norm = T.Sqrt(HostMemory<T>.SpanOf(op.SquaredNorm)[0]), limit = T.CreateChecked(op.Limit);
        HostMemory<T>.SpanOf(op.Factor)[0] = !T.IsFinite(norm) ? T.NaN : norm > limit ? limit / norm : T.One;
    }

    /// <summary>d = g + decay·w; v ← momentum·v + gain·d; d = nesterov ? d + momentum·v : v; w ← w − rate·multiplier·d.</summary>
    public static void Step<T>(SgdStep<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), g = HostMemory<T>.SpanOf(op.G), v = HostMemory<T>.SpanOf(op.V);
        T gain = HostMemory<T>.SpanOf(op.Gain)[0], rate = HostMemory<T>.SpanOf(op.Rate)[0] * T.CreateChecked(op.Settings.RateMultiplier);
        T momentum = T.CreateChecked(op.Settings.Momentum), decay = T.CreateChecked(op.Settings.WeightDecay);
        Span<T> buffer = workspace.Take<T>(Workspace.LongestSpan);
        for (int i = 0; i < w.Length; i += buffer.Length)
        {
            Span<T> weights = w.Slice(i, Math.Min(buffer.Length, w.Length - i)), d = buffer[..weights.Length];
            TensorPrimitives.MultiplyAdd<T>(weights, decay, g.Slice(i, d.Length), d);
            if (momentum != T.Zero)
            {
                Span<T> velocity = v.Slice(i, d.Length);
                TensorPrimitives.Multiply(velocity, momentum, velocity);
                TensorPrimitives.MultiplyAdd(d, gain, velocity, velocity);
                if (op.Settings.Nesterov)
                {
                    TensorPrimitives.MultiplyAdd(velocity, momentum, d, d);
                }
                else
                {
                    d = velocity;
                }
            }

            TensorPrimitives.MultiplyAdd(d, -rate, weights, weights);
        }
    }

    /// <summary>m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).</summary>
    public static void Direction<T>(AdamDirection<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> g = HostMemory<T>.SpanOf(op.G), m = HostMemory<T>.SpanOf(op.M), v = HostMemory<T>.SpanOf(op.V), d = HostMemory<T>.SpanOf(op.D);
        Span<T> correction = HostMemory<T>.SpanOf(op.Correction), buffer = workspace.Take<T>(Workspace.LongestSpan);
        T beta1 = T.CreateChecked(op.Settings.Beta1), rest1 = T.CreateChecked(1 - op.Settings.Beta1);
        T beta2 = T.CreateChecked(op.Settings.Beta2), rest2 = T.CreateChecked(1 - op.Settings.Beta2);
        for (int i = 0; i < g.Length; i += buffer.Length)
        {
            Span<T> gradient = g.Slice(i, Math.Min(buffer.Length, g.Length - i)), root = buffer[..gradient.Length];
            Span<T> mean = m.Slice(i, root.Length), square = v.Slice(i, root.Length), direction = d.Slice(i, root.Length);
            TensorPrimitives.Multiply(mean, beta1, mean);
            TensorPrimitives.MultiplyAdd(gradient, rest1, mean, mean);
            TensorPrimitives.Multiply<T>(gradient, gradient, root);
            TensorPrimitives.Multiply(square, beta2, square);
            TensorPrimitives.MultiplyAdd(root, rest2, square, square);
            TensorPrimitives.Multiply(square, correction[1], root);
            TensorPrimitives.Sqrt<T>(root, root);
            TensorPrimitives.Add(root, T.CreateChecked(op.Settings.Epsilon), root);
            TensorPrimitives.Multiply(mean, correction[0], direction);
            TensorPrimitives.Divide<T>(direction, root, direction);
        }
    }
}
