using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Loss;

/// <summary>Softmax cross-entropy, in float64 inside: there are few classes, and exp and log are the whole cost.</summary>
internal static unsafe class Loss<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ElementsPerPiece = 4096;

    /// <summary>Loss of each sample.</summary>
    public static void Run(KernelContext context, LossForward<T> op)
    {
        Rows rows = new(op.Logits.Shape[0], op.Logits.Shape[1], op.Smoothing, HostMemory<T>.PointerTo(op.Logits), HostMemory<int>.PointerTo(op.Labels));
        ForwardJob job = new() { Rows = rows, Loss = HostMemory<T>.PointerTo(op.Loss) };
        context.Pool.For(rows.Pieces, ref job);
    }

    /// <summary>Gradient of the logits.</summary>
    public static void Run(KernelContext context, LossBackward<T> op)
    {
        Rows rows = new(op.Logits.Shape[0], op.Logits.Shape[1], op.Smoothing, HostMemory<T>.PointerTo(op.Logits), HostMemory<int>.PointerTo(op.Labels));
        double scale = double.CreateTruncating(*HostMemory<T>.PointerTo(op.Scale));
        BackwardJob job = new() { Rows = rows, Dlogits = HostMemory<T>.PointerTo(op.Dlogits), Scale = scale };
        context.Pool.For(rows.Pieces, ref job);
    }

    /// <summary>The number of samples whose first largest logit is at their label.</summary>
    public static void Run(CountCorrect<T> op)
    {
        T* logits = HostMemory<T>.PointerTo(op.Logits);
        int* labels = HostMemory<int>.PointerTo(op.Labels);
        int samples = op.Logits.Shape[0], classes = op.Logits.Shape[1], correct = 0;
        for (int n = 0; n < samples; n++)
        {
            correct += FirstLargest(logits + ((nint)n * classes), classes) == labels[n] ? 1 : 0;
        }

        *HostMemory<int>.PointerTo(op.Count) = correct;
    }

    private static int FirstLargest(T* row, int classes)
    {
        int best = 0;
        for (int k = 0; k < classes; k++)
        {
            if (T.IsNaN(row[k]))
            {
                return -1;
            }

            best = row[k] > row[best] ? k : best;
        }

        return best;
    }

    private readonly struct Rows(int samples, int classes, double smoothing, T* logits, int* labels)
    {
        public readonly int Classes = classes;

        private int PerPiece => Math.Max(1, ElementsPerPiece / Classes);

        public int Pieces => (samples + PerPiece - 1) / PerPiece;

        public int Begin(int piece) => piece * PerPiece;

        public int End(int piece) => Math.Min(Begin(piece) + PerPiece, samples);

        public double At(int n, int k) => double.CreateTruncating(logits[((nint)n * Classes) + k]);

        public double Target(int n, int k) => (k == labels[n] ? 1 - smoothing : 0) + (smoothing / Classes);

        public (double Max, double Sum) Softmax(int n)
        {
            double max = At(n, 0);
            for (int k = 1; k < Classes; k++)
            {
                max = At(n, k) > max ? At(n, k) : max;
            }

            double sum = 0;
            for (int k = 0; k < Classes; k++)
            {
                sum += Math.Exp(At(n, k) - max);
            }

            return (max, sum);
        }
    }

    private struct ForwardJob : IJob
    {
        public Rows Rows;
        public T* Loss;

        public readonly void Run(int index, Worker worker)
        {
            for (int n = Rows.Begin(index); n < Rows.End(index); n++)
            {
                (double max, double sum) = Rows.Softmax(n);
                double logarithm = Math.Log(sum), loss = 0;
                for (int k = 0; k < Rows.Classes; k++)
                {
                    // 0·log 0 is 0 by definition: a logit of −∞ costs nothing unless it is wanted.
                    double q = Rows.Target(n, k);
                    loss += q == 0 ? 0 : q * (logarithm - (Rows.At(n, k) - max));
                }

                Loss[n] = T.CreateTruncating(loss);
            }
        }
    }

    private struct BackwardJob : IJob
    {
        public Rows Rows;
        public T* Dlogits;
        public double Scale;

        public readonly void Run(int index, Worker worker)
        {
            for (int n = Rows.Begin(index); n < Rows.End(index); n++)
            {
                (double max, double sum) = Rows.Softmax(n);
                T* row = Dlogits + ((nint)n * Rows.Classes);
                for (int k = 0; k < Rows.Classes; k++)
                {
                    row[k] = T.CreateTruncating(Scale * ((Math.Exp(Rows.At(n, k) - max) / sum) - Rows.Target(n, k)));
                }
            }
        }
    }
}
