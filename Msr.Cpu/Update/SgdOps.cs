using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Core.Ops;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Update;

/// <summary>Stochastic gradient descent in one pass over parameters, gradient and momentum.</summary>
internal static unsafe class SgdOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Runs the op.</summary>
    public static void Run(KernelContext context, SgdStep<T> op)
    {
        Job job = Of(op);
        context.Pool.For(Elementwise<S, V, T>.Pieces(job.Length), ref job);
    }

    /// <summary>The op with the scalars of the step at hand.</summary>
    public static Job Of(SgdStep<T> op)
    {
        double rate = double.CreateTruncating(*HostMemory<T>.PointerTo(op.Rate)) * op.Settings.RateMultiplier;
        return new Job
        {
            W = HostMemory<T>.PointerTo(op.W),
            G = HostMemory<T>.PointerTo(op.G),
            M = HostMemory<T>.PointerTo(op.V),
            Length = op.W.Length,
            Rule = new Rule
            {
                Descent = S.Broadcast(T.CreateTruncating(-rate)),
                Gain = S.Broadcast(*HostMemory<T>.PointerTo(op.Gain)),
                Momentum = S.Broadcast(T.CreateTruncating(op.Settings.Momentum)),
                Decay = S.Broadcast(T.CreateTruncating(op.Settings.WeightDecay)),
                HasMomentum = op.Settings.Momentum != 0,
                Nesterov = op.Settings.Nesterov,
            },
        };
    }

    /// <summary>The step on one vector of each tensor.</summary>
    internal struct Rule
    {
        public V Descent;
        public V Gain;
        public V Momentum;
        public V Decay;
        public bool HasMomentum;
        public bool Nesterov;

        // Inlined even where it is rare: a call would keep the rule in memory instead of registers.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Step(ref V w, V g, ref V m)
        {
            V d = S.MultiplyAdd(Decay, w, g);
            if (HasMomentum)
            {
                m = S.MultiplyAdd(Momentum, m, S.Multiply(Gain, d));
                d = Nesterov ? S.MultiplyAdd(Momentum, m, d) : m;
            }

            w = S.MultiplyAdd(Descent, d, w);
        }
    }

    /// <summary>A step, in pieces of any size.</summary>
    internal struct Job : IJob
    {
        public T* W;
        public T* G;
        public T* M;
        public long Length;
        public Rule Rule;

        public readonly void Run(int index, Worker worker)
        {
            nint begin = (nint)index * Elementwise<S, V, T>.Piece;
            Range(begin, (nint)Math.Min(begin + Elementwise<S, V, T>.Piece, Length));
        }

        /// <summary>Takes the step for some elements.</summary>
        public readonly void Range(nint begin, nint end)
        {
            // A copy: what a loop reads through a pointer, it reads anew after every store.
            Rule rule = Rule;
            T* w = W, g = G, m = M;
            nint i = begin;
            for (; i <= end - S.Count; i += S.Count)
            {
                V wi = S.Load(w + i), mi = S.Load(m + i);
                rule.Step(ref wi, S.Load(g + i), ref mi);
                S.Store(wi, w + i);
                S.Store(mi, m + i);
            }

            if (i < end)
            {
                V wi = Partial<S, V, T>.Load(w + i, end - i), mi = Partial<S, V, T>.Load(m + i, end - i);
                rule.Step(ref wi, Partial<S, V, T>.Load(g + i, end - i), ref mi);
                Partial<S, V, T>.Store(wi, w + i, end - i);
                Partial<S, V, T>.Store(mi, m + i, end - i);
            }
        }
    }
}
