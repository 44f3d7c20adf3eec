using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// The transforms of F(4×4, 3×3) on the points 0, ±1, ±2, ∞ (Lavin and Gray 2016): a filter of 3 and an input of 6 become 6 factors each, and 6
/// products become 4 outputs. Two dimensions are one line after the other; every element is a vector of channels.
/// </summary>
internal static unsafe class WinogradTransform<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of a tile of the input.</summary>
    public const int Points = 36;

    private interface ILine
    {
        /// <summary>Elements that go in.</summary>
        static abstract int From { get; }

        /// <summary>Elements that come out.</summary>
        static abstract int To { get; }

        static abstract void Run(T* from, nint step, T* to, nint pitch);
    }

    /// <summary>y = Aᵀ m A: 6×6 products to 4×4 outputs, finished on their way to memory.</summary>
    /// <typeparam name="TEpilogue">What is stored of an output.</typeparam>
    /// <param name="m">The first product.</param>
    /// <param name="pitch">From one product to the next.</param>
    /// <param name="y">The first output of the tile.</param>
    /// <param name="other">What the fused reads beside it, laid out like y.</param>
    /// <param name="row">From one row of it to the next.</param>
    /// <param name="column">From one column to the next.</param>
    /// <param name="channels">A multiple of the vector.</param>
    public static void Output<TEpilogue>(T* m, nint pitch, T* y, T* other, nint row, nint column, int channels)
        where TEpilogue : struct, IRegisterEpilogue<V, T>
    {
        T* lines = stackalloc T[4 * 6 * S.Count];
        nint line = 6 * S.Count;
        for (nint c = 0; c < channels; c += S.Count)
        {
            for (int j = 0; j < 6; j++)
            {
                OutputLine.Run(m + c + (j * pitch), 6 * pitch, lines + (j * S.Count), line);
            }

            for (nint i = 0; i < 4; i++)
            {
                (V y0, V y1, V y2, V y3) = Outputs(lines + (i * line), S.Count);
                nint at = c + (i * row);
                S.Store(TEpilogue.Of(y0, y + at, other + at), y + at);
                at += column;
                S.Store(TEpilogue.Of(y1, y + at, other + at), y + at);
                at += column;
                S.Store(TEpilogue.Of(y2, y + at, other + at), y + at);
                at += column;
                S.Store(TEpilogue.Of(y3, y + at, other + at), y + at);
            }
        }
    }

    /// <summary>d = A y Aᵀ: 4×4 gradients of outputs to 6×6 factors.</summary>
    /// <param name="y">The first gradient of the tile.</param>
    /// <param name="row">From one row of it to the next.</param>
    /// <param name="column">From one column to the next.</param>
    /// <param name="d">The first factor.</param>
    /// <param name="pitch">From one factor to the next.</param>
    /// <param name="channels">A multiple of the vector.</param>
    public static void OutputGradient(T* y, nint row, nint column, T* d, nint pitch, int channels) =>
        Apply<OutputGradientLine, OutputGradientLine>(y, row, column, d, 6 * pitch, pitch, channels);

    /// <summary>u = G w Gᵀ: 3×3 taps to 6×6 factors.</summary>
    /// <param name="w">The first tap.</param>
    /// <param name="tap">From one tap to the next.</param>
    /// <param name="u">The first factor.</param>
    /// <param name="pitch">From one factor to the next.</param>
    /// <param name="length">Elements of a tap, a multiple of the vector.</param>
    public static void Filter(T* w, nint tap, T* u, nint pitch, nint length) =>
        Apply<FilterLine, FilterLine>(w, 3 * tap, tap, u, 6 * pitch, pitch, length);

    /// <summary>w = Gᵀ u G: 6×6 sums of products to the gradient of 3×3 taps.</summary>
    /// <param name="u">The first sum.</param>
    /// <param name="pitch">From one sum to the next.</param>
    /// <param name="w">The first tap.</param>
    /// <param name="tap">From one tap to the next.</param>
    /// <param name="length">Elements of a tap, a multiple of the vector.</param>
    public static void FilterGradient(T* u, nint pitch, T* w, nint tap, nint length) =>
        Apply<FilterGradientLine, FilterGradientLine>(u, 6 * pitch, pitch, w, 3 * tap, tap, length);

    /// <summary>Transforms columns, then rows, a vector of channels at a time.</summary>
    private static void Apply<Down, Across>(T* from, nint row, nint column, T* to, nint toRow, nint toColumn, nint channels)
        where Down : struct, ILine
        where Across : struct, ILine
    {
        T* lines = stackalloc T[Down.To * Down.From * S.Count];
        nint line = Down.From * S.Count;
        for (nint c = 0; c < channels; c += S.Count)
        {
            for (int j = 0; j < Down.From; j++)
            {
                Down.Run(from + c + (j * column), row, lines + (j * S.Count), line);
            }

            for (int i = 0; i < Across.To; i++)
            {
                Across.Run(lines + (i * line), S.Count, to + c + (i * toRow), toColumn);
            }
        }
    }

    // Aᵀ = [1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V Y0, V Y1, V Y2, V Y3) Outputs(T* m, nint pitch)
    {
        V two = S.Broadcast(T.CreateTruncating(2)), four = S.Broadcast(T.CreateTruncating(4)), eight = S.Broadcast(T.CreateTruncating(8));
        V m0 = S.Load(m), m1 = S.Load(m += pitch), m2 = S.Load(m += pitch), m3 = S.Load(m += pitch), m4 = S.Load(m += pitch), m5 = S.Load(m += pitch);
        V near = S.Add(m1, m2), nearOdd = S.Subtract(m1, m2), far = S.Add(m3, m4), farOdd = S.Subtract(m3, m4);
        return (
            S.Add(S.Add(m0, near), far),
            S.MultiplyAdd(two, farOdd, nearOdd),
            S.MultiplyAdd(four, far, near),
            S.Add(S.MultiplyAdd(eight, farOdd, nearOdd), m5));
    }

    private readonly struct OutputLine : ILine
    {
        public static int From => 6;

        public static int To => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(T* m, nint pitch, T* y, nint step)
        {
            (V y0, V y1, V y2, V y3) = Outputs(m, pitch);
            S.Store(y0, y);
            S.Store(y1, y += step);
            S.Store(y2, y += step);
            S.Store(y3, y += step);
        }
    }

    // A
    private readonly struct OutputGradientLine : ILine
    {
        public static int From => 4;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(T* y, nint step, T* d, nint pitch)
        {
            V two = S.Broadcast(T.CreateTruncating(2)), four = S.Broadcast(T.CreateTruncating(4));
            V y0 = S.Load(y), y1 = S.Load(y += step), y2 = S.Load(y += step), y3 = S.Load(y += step);
            V even = S.Add(y0, y2), odd = S.Add(y1, y3);
            S.Store(y0, d);
            S.Store(S.Add(even, odd), d += pitch);
            S.Store(S.Subtract(even, odd), d += pitch);
            even = S.MultiplyAdd(four, y2, y0);
            odd = S.Multiply(two, S.MultiplyAdd(four, y3, y1));
            S.Store(S.Add(even, odd), d += pitch);
            S.Store(S.Subtract(even, odd), d += pitch);
            S.Store(y3, d += pitch);
        }
    }

    // G = [1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0 0 1]
    private readonly struct FilterLine : ILine
    {
        public static int From => 3;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(T* w, nint step, T* u, nint pitch)
        {
            V quarter = S.Broadcast(T.CreateTruncating(1.0 / 4)), sixth = S.Broadcast(T.CreateTruncating(1.0 / 6));
            V minusSixth = S.Broadcast(T.CreateTruncating(-1.0 / 6)), half = S.Broadcast(T.CreateTruncating(1.0 / 2));
            V w0 = S.Load(w), w1 = S.Load(w += step), w2 = S.Load(w += step);
            V outer = S.Add(w0, w2);
            S.Store(S.Multiply(quarter, w0), u);
            S.Store(S.Multiply(minusSixth, S.Add(outer, w1)), u += pitch);
            S.Store(S.Multiply(minusSixth, S.Subtract(outer, w1)), u += pitch);
            outer = S.MultiplyAdd(quarter, w0, w2);
            V middle = S.Multiply(half, w1);
            S.Store(S.Multiply(sixth, S.Add(outer, middle)), u += pitch);
            S.Store(S.Multiply(sixth, S.Subtract(outer, middle)), u += pitch);
            S.Store(w2, u += pitch);
        }
    }

    // Gᵀ
    private readonly struct FilterGradientLine : ILine
    {
        public static int From => 6;

        public static int To => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(T* u, nint pitch, T* w, nint step)
        {
            V quarter = S.Broadcast(T.CreateTruncating(1.0 / 4)), sixth = S.Broadcast(T.CreateTruncating(1.0 / 6)), half = S.Broadcast(T.CreateTruncating(1.0 / 2));
            V u0 = S.Load(u), u1 = S.Load(u += pitch), u2 = S.Load(u += pitch), u3 = S.Load(u += pitch), u4 = S.Load(u += pitch), u5 = S.Load(u += pitch);
            V near = S.Add(u1, u2), nearOdd = S.Subtract(u2, u1), far = S.Add(u3, u4), farOdd = S.Subtract(u3, u4);

            // Rounded after the product with 1/6, which is no number of the type: multiples of 6 give whole numbers, and laws can demand them.
            S.Store(S.Add(S.Multiply(sixth, S.Subtract(S.Multiply(quarter, far), near)), S.Multiply(quarter, u0)), w);
            S.Store(S.Multiply(sixth, S.MultiplyAdd(half, farOdd, nearOdd)), w + step);
            S.Store(S.Add(S.Multiply(sixth, S.Subtract(far, near)), u5), w + (2 * step));
        }
    }
}
