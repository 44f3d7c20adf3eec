using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>
/// Softmax cross-entropy, its gradient, and the count of correct samples: sample by sample, all classes at a time. Exponentials and logarithms are
/// those of <see cref="Math"/>: the vectorised ones err by more than the 2 units in the last place that bounds allow.
/// </summary>
internal static class OracleLoss
{
    /// <summary>loss[n] = Σ_k q_k·(log Σ_j exp z_j − z_k) with z = logits[n] − max logits[n].</summary>
    public static void Forward<T>(LossForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> loss = HostMemory<T>.SpanOf(op.Loss), z = workspace.Take<T>(op.Logits.Shape[1]), terms = workspace.Take<T>(z.Length);
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        (T off, T on) = Targets<T>(op.Smoothing, z.Length);
        for (int n = 0; n < loss.Length; n++)
        {
            T logarithm = T.Log(Softmax(Row(op.Logits, n), z, terms));
            TensorPrimitives.Subtract(logarithm, z, terms);
            T wanted = on * terms[labels[n]];

            // 0·log 0 is 0 by definition: a logit of −∞ costs nothing unless it is wanted.
            terms[labels[n]] = T.Zero;
            TensorPrimitives.Multiply(terms, off, terms);
            loss[n] = off == T.Zero ? wanted : wanted + TensorPrimitives.Sum<T>(terms);
        }
    }

    /// <summary>dlogits[n,k] = scale·(softmax(logits[n])_k − q_k).</summary>
    public static void Backward<T>(LossBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> z = workspace.Take<T>(op.Logits.Shape[1]), p = workspace.Take<T>(z.Length);
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        T scale = HostMemory<T>.SpanOf(op.Scale)[0];
        (T off, T on) = Targets<T>(op.Smoothing, z.Length);
        for (int n = 0; n < labels.Length; n++)
        {
            TensorPrimitives.Divide(p, Softmax(Row(op.Logits, n), z, p), p);
            T wanted = p[labels[n]] - on;
            TensorPrimitives.Subtract(p, off, p);
            p[labels[n]] = wanted;
            TensorPrimitives.Multiply(p, scale, Row(op.Dlogits, n));
        }
    }

    /// <summary>How many samples have their first largest logit at their label.</summary>
    public static void CountCorrect<T>(CountCorrect<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        Span<T> row = workspace.Take<T>(op.Logits.Shape[1]);
        int correct = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            // The index of a maximum takes +0 for greater than −0; here the first of two zeros wins. −0 + 0 is +0.
            TensorPrimitives.Add(Row(op.Logits, n), T.Zero, row);
            int largest = TensorPrimitives.IndexOfMax<T>(row);
            correct += largest == labels[n] && !T.IsNaN(row[largest]) ? 1 : 0;
        }

        HostMemory<int>.SpanOf(op.Count)[0] = correct;
    }

    private static Span<T> Row<T>(TensorRef<T> logits, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        HostMemory<T>.SpanOf(logits).Slice(n * logits.Shape[1], logits.Shape[1]);

    /// <summary>The targets of a class that is not the label, and of the label.</summary>
    private static (T Off, T On) Targets<T>(double smoothing, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (T.CreateChecked(smoothing / classes), T.CreateChecked(1 - smoothing + (smoothing / classes)));

    /// <summary>z = logits − their maximum, exp z and, returned, the sum of those.</summary>
    private static T Softmax<T>(ReadOnlySpan<T> logits, Span<T> z, Span<T> exponentials)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), z);
        for (int k = 0; k < z.Length; k++)
        {
            exponentials[k] = T.Exp(z[k]);
        }

        return TensorPrimitives.Sum<T>(exponentials);
    }
}
