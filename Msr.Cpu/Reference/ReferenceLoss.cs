using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Softmax cross-entropy, its gradient, and the count of correct samples.</summary>
internal static class ReferenceLoss
{
    /// <summary>loss[n] = −Σ_k q_k·(z_k − log Σ_j exp z_j) with z = logits[n] − max logits[n].</summary>
    public static void Forward<T>(LossForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> loss = HostMemory<T>.SpanOf(op.Loss);
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        for (int n = 0; n < loss.Length; n++)
        {
            ReadOnlySpan<T> row = Row(op.Logits, n);
            T max = Max(row), logarithm = T.Log(ExpSum(row, max));
            loss[n] = T.Zero;
            for (int k = 0; k < row.Length; k++)
            {
                T q = Target<T>(k == labels[n], op.Smoothing, row.Length);

                // 0·log 0 is 0 by definition: a logit of −∞ costs nothing unless it is wanted.
                loss[n] += q == T.Zero ? T.Zero : q * (logarithm - (row[k] - max));
            }
        }
    }

    /// <summary>dlogits[n,k] = scale·(softmax(logits[n])_k − q_k).</summary>
    public static void Backward<T>(LossBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> dlogits = HostMemory<T>.SpanOf(op.Dlogits);
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        T scale = HostMemory<T>.SpanOf(op.Scale)[0];
        for (int n = 0; n < labels.Length; n++)
        {
            ReadOnlySpan<T> row = Row(op.Logits, n);
            T max = Max(row), sum = ExpSum(row, max);
            for (int k = 0; k < row.Length; k++)
            {
                T q = Target<T>(k == labels[n], op.Smoothing, row.Length);
                dlogits[(n * row.Length) + k] = scale * ((T.Exp(row[k] - max) / sum) - q);
            }
        }
    }

    /// <summary>How many samples have their first largest logit at their label.</summary>
    public static void CountCorrect<T>(CountCorrect<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<int> labels = HostMemory<int>.SpanOf(op.Labels);
        int correct = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            correct += FirstLargest(Row(op.Logits, n)) == labels[n] ? 1 : 0;
        }

        HostMemory<int>.SpanOf(op.Count)[0] = correct;
    }

    private static ReadOnlySpan<T> Row<T>(TensorRef<T> logits, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        HostMemory<T>.SpanOf(logits).Slice(n * logits.Shape[1], logits.Shape[1]);

    private static T Target<T>(bool isLabel, double smoothing, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.CreateChecked((isLabel ? 1 - smoothing : 0) + (smoothing / classes));

    private static T Max<T>(ReadOnlySpan<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T max = row[0];
        foreach (T value in row)
        {
            max = value > max ? value : max;
        }

        return max;
    }

    private static T ExpSum<T>(ReadOnlySpan<T> row, T max)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (T value in row)
        {
            sum += T.Exp(value - max);
        }

        return sum;
    }

    /// <summary>The place of the first largest logit, −1 where one of them is NaN.</summary>
    private static int FirstLargest<T>(ReadOnlySpan<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int best = 0;
        for (int k = 0; k < row.Length; k++)
        {
            if (T.IsNaN(row[k]))
            {
                return -1;
            }

            best = row[k] > row[best] ? k : best;
        }

        return best;
    }
}
