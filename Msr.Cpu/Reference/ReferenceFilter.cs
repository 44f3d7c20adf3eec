using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Ops on filters: their scale, the projection onto zero-mean slices, and the anchor of their norms.</summary>
internal static class ReferenceFilter
{
    /// <summary>weff[k,…] = exp(θ[k])·w[k,…].</summary>
    public static void ScaleForward<T>(FilterScaleForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), theta = HostMemory<T>.SpanOf(op.Theta), weff = HostMemory<T>.SpanOf(op.Weff);
        int length = w.Length / theta.Length;
        for (int i = 0; i < w.Length; i++)
        {
            weff[i] = T.Exp(theta[i / length]) * w[i];
        }
    }

    /// <summary>dw[k,…] ← dw + exp(θ[k])·dweff[k,…] and dθ[k] ← dθ + Σ dweff[k,…]·weff[k,…].</summary>
    public static void ScaleBackward<T>(FilterScaleBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> weff = HostMemory<T>.SpanOf(op.Weff), dweff = HostMemory<T>.SpanOf(op.Dweff), theta = HostMemory<T>.SpanOf(op.Theta);
        Span<T> dw = HostMemory<T>.SpanOf(op.Dw), dtheta = HostMemory<T>.SpanOf(op.Dtheta);
        int length = weff.Length / theta.Length;
        for (int k = 0; k < theta.Length; k++)
        {
            T scale = T.Exp(theta[k]), sum = T.Zero;
            for (int i = k * length; i < (k + 1) * length; i++)
            {
                dw[i] += scale * dweff[i];
                sum += dweff[i] * weff[i];
            }

            dtheta[k] += sum;
        }
    }

    /// <summary>x[o,t,i] ← x[o,t,i] − λ·Σ_t x[o,t,i]/taps.</summary>
    public static void Project<T>(IsoclineProject<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X);
        int taps = op.X.Shape[1], inner = op.X.Shape[2];
        T lambda = T.CreateChecked(op.Lambda);
        for (int outer = 0; outer < op.X.Shape[0]; outer++)
        {
            for (int i = 0; i < inner; i++)
            {
                Span<T> slice = x[((outer * taps * inner) + i)..];
                T sum = T.Zero;
                for (int t = 0; t < taps; t++)
                {
                    sum += slice[t * inner];
                }

                T shift = lambda * (sum / T.CreateChecked(taps));
                for (int t = 0; t < taps; t++)
                {
                    slice[t * inner] -= shift;
                }
            }
        }
    }

    /// <summary>g[k,…] ← g + 2·strength·(1 − 1/‖w_k‖)·w[k,…], nothing where ‖w_k‖ = 0.</summary>
    public static void Anchor<T>(NormAnchor<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), g = HostMemory<T>.SpanOf(op.G);
        int length = op.W.Shape[1];
        T twice = T.CreateChecked(2 * op.Strength);
        for (int k = 0; k < op.W.Shape[0]; k++)
        {
            T norm = T.Sqrt(ReferenceReduction.SquaredNorm<T>(w.Slice(k * length, length)));
            T factor = norm == T.Zero ? T.Zero : twice * (T.One - (T.One / norm));
            for (int i = k * length; i < (k + 1) * length; i++)
            {
                g[i] += factor * w[i];
            }
        }
    }
}
