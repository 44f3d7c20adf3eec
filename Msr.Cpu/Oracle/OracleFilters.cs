using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>Ops on filters: norms, scale, the projection onto zero-mean slices, and the anchor of norms.</summary>
internal static class OracleFilters
{
    /// <summary>y[r] = Σ x[r,…]².</summary>
    public static void SquaredNorms<T>(SquaredNorms<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y), products = workspace.Take<T>(Workspace.LongestSpan);
        int length = x.Length / y.Length;
        for (int r = 0; r < y.Length; r++)
        {
            ReadOnlySpan<T> row = x.Slice(r * length, length);
            y[r] = Dot(row, row, products);
        }
    }

    /// <summary>weff[k,…] = exp(θ[k])·w[k,…].</summary>
    public static void ScaleForward<T>(FilterScaleForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), weff = HostMemory<T>.SpanOf(op.Weff), scale = Scales<T>(HostMemory<T>.SpanOf(op.Theta), workspace);
        int length = w.Length / scale.Length;
        for (int k = 0; k < scale.Length; k++)
        {
            TensorPrimitives.Multiply(w.Slice(k * length, length), scale[k], weff.Slice(k * length, length));
        }
    }

    /// <summary>dw[k,…] ← dw + exp(θ[k])·dweff[k,…] and dθ[k] ← dθ + Σ dweff[k,…]·weff[k,…].</summary>
    public static void ScaleBackward<T>(FilterScaleBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> weff = HostMemory<T>.SpanOf(op.Weff), dweff = HostMemory<T>.SpanOf(op.Dweff), scale = Scales<T>(HostMemory<T>.SpanOf(op.Theta), workspace);
        Span<T> dw = HostMemory<T>.SpanOf(op.Dw), dtheta = HostMemory<T>.SpanOf(op.Dtheta), products = workspace.Take<T>(Workspace.LongestSpan);
        int length = weff.Length / scale.Length;
        for (int k = 0; k < scale.Length; k++)
        {
            Span<T> gradient = dweff.Slice(k * length, length), sum = dw.Slice(k * length, length);
            TensorPrimitives.MultiplyAdd(gradient, scale[k], sum, sum);
            dtheta[k] += Dot(gradient, weff.Slice(k * length, length), products);
        }
    }

    /// <summary>x[o,t,i] ← x[o,t,i] − λ·Σ_t x[o,t,i]/taps.</summary>
    public static void Project<T>(IsoclineProject<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X);
        int taps = op.X.Shape[1], inner = op.X.Shape[2];
        T lambda = T.CreateChecked(op.Lambda);
        Span<T> shift = workspace.Take<T>(inner);
        for (int outer = 0; outer < x.Length; outer += taps * inner)
        {
            Span<T> slices = x.Slice(outer, taps * inner);
            OracleChannels.Fold<T>(slices, shift);
            TensorPrimitives.Divide(shift, T.CreateChecked(taps), shift);
            TensorPrimitives.Multiply(shift, lambda, shift);
            for (int t = 0; t < taps; t++)
            {
                Span<T> tap = slices.Slice(t * inner, inner);
                TensorPrimitives.Subtract(tap, shift, tap);
            }
        }
    }

    /// <summary>g[k,…] ← g + 2·strength·(1 − 1/‖w_k‖)·w[k,…], nothing where ‖w_k‖ = 0.</summary>
    public static void Anchor<T>(NormAnchor<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> w = HostMemory<T>.SpanOf(op.W), g = HostMemory<T>.SpanOf(op.G), products = workspace.Take<T>(Workspace.LongestSpan);
        int length = op.W.Shape[1];
        T twice = T.CreateChecked(2 * op.Strength);
        for (int k = 0; k < w.Length; k += length)
        {
            Span<T> filter = w.Slice(k, length), gradient = g.Slice(k, length);
            T norm = T.Sqrt(Dot<T>(filter, filter, products));
            T factor = norm == T.Zero ? T.Zero : twice * (T.One - (T.One / norm));
            TensorPrimitives.MultiplyAdd(filter, factor, gradient, gradient);
        }
    }

    /// <summary>Σ a·b, products first: their sum must not depend on where a and b lie.</summary>
    private static T Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> products)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < a.Length; i += products.Length)
        {
            int length = Math.Min(products.Length, a.Length - i);
            TensorPrimitives.Multiply(a.Slice(i, length), b.Slice(i, length), products[..length]);
            sum += TensorPrimitives.Sum<T>(products[..length]);
        }

        return sum;
    }

    private static Span<T> Scales<T>(ReadOnlySpan<T> theta, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> scales = workspace.Take<T>(theta.Length);
        for (int k = 0; k < theta.Length; k++)
        {
            scales[k] = T.Exp(theta[k]); // not TensorPrimitives.Exp: it errs by more than the 2 units in the last place that bounds allow.
        }

        return scales;
    }
}
