using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>
/// v = Bᵀ x B: tiles of 6×6 elements to 6×6 factors each, for tiles beside each other. Columns come first, and neighbours share two of them; beyond
/// the border there are zeros.
/// </summary>
internal static unsafe class WinogradInput<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // As many tiles are transformed at once: their columns stay in a first-level cache.
    private const int MostTiles = 8;

    private const int Extent = WinogradGrid.Tile + 2;
    private const int MostColumns = (MostTiles * WinogradGrid.Tile) + 2;

    /// <summary>Transforms tiles that follow one another.</summary>
    /// <param name="grid">All tiles.</param>
    /// <param name="plane">Where they are.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="v">The first factor of the first tile; the next tile's follows after the channels.</param>
    /// <param name="pitch">From one factor of a tile to the next.</param>
    public static void Run(in WinogradGrid grid, in WinogradPlane<T> plane, int first, int tiles, T* v, nint pitch)
    {
        int count;
        for (int t = 0; t < tiles; t += count)
        {
            (int sample, int row, int column) = grid.Locate(first + t, plane.Row, plane.Column);
            count = Math.Min(Math.Min(MostTiles, tiles - t), grid.Beside(first + t));
            Run(plane, sample, row, column, count, v + ((nint)t * plane.Channels), pitch);
        }
    }

    /// <summary>Transforms tiles beside each other.</summary>
    /// <param name="plane">Where they are.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="row">The first row of the tiles; it may lie outside.</param>
    /// <param name="column">The first column of the first tile; it may lie outside.</param>
    /// <param name="tiles">How many tiles.</param>
    /// <param name="v">The first factor of the first tile; the next tile's follows after the channels.</param>
    /// <param name="pitch">From one factor of a tile to the next.</param>
    private static void Run(in WinogradPlane<T> plane, int sample, int row, int column, int tiles, T* v, nint pitch)
    {
        V* lines = stackalloc V[Extent * MostColumns];
        Rows rows = new() { First = plane.At(sample, row, column), Pitch = plane.RowPitch, Begin = Math.Max(0, -row), End = Math.Min(Extent, plane.Rows - row) };
        int columns = (tiles * WinogradGrid.Tile) + 2, begin = Math.Clamp(-column, 0, columns), end = Math.Clamp(plane.Columns - column, begin, columns);
        nint channels = plane.Channels;
        for (nint c = 0; c < channels; c += S.Count)
        {
            Clear(lines, 0, begin);
            Clear(lines, end, columns);
            rows.Transform((begin * channels) + c, channels, end - begin, lines + begin);
            for (int t = 0; t < tiles; t++)
            {
                Across(lines + (t * WinogradGrid.Tile), v + (t * channels) + c, pitch);
            }
        }
    }

    private static void Clear(V* lines, int begin, int end)
    {
        for (int j = begin; j < end; j++)
        {
            for (int i = 0; i < Extent; i++)
            {
                lines[(i * MostColumns) + j] = S.Zero;
            }
        }
    }

    private static void Across(V* lines, T* v, nint pitch)
    {
        for (int i = 0; i < Extent; i++)
        {
            (V v0, V v1, V v2, V v3, V v4, V v5) = Factors(lines[0], lines[1], lines[2], lines[3], lines[4], lines[5]);
            S.Store(v0, v);
            S.Store(v1, v += pitch);
            S.Store(v2, v += pitch);
            S.Store(v3, v += pitch);
            S.Store(v4, v += pitch);
            S.Store(v5, v += pitch);
            v += pitch;
            lines += MostColumns;
        }
    }

    // Bᵀ = [4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V V0, V V1, V V2, V V3, V V4, V V5) Factors(V x0, V x1, V x2, V x3, V x4, V x5)
    {
        V two = S.Broadcast(T.CreateTruncating(2)), four = S.Broadcast(T.CreateTruncating(4));
        V minusFour = S.Broadcast(T.CreateTruncating(-4)), minusFive = S.Broadcast(T.CreateTruncating(-5));
        V even = S.MultiplyAdd(minusFour, x2, x4), odd = S.MultiplyAdd(minusFour, x1, x3);
        V evenFar = S.Subtract(x4, x2), oddFar = S.Multiply(two, S.Subtract(x3, x1));
        return (
            S.MultiplyAdd(four, x0, S.MultiplyAdd(minusFive, x2, x4)),
            S.Add(even, odd),
            S.Subtract(even, odd),
            S.Add(evenFar, oddFar),
            S.Subtract(evenFar, oddFar),
            S.MultiplyAdd(four, x1, S.MultiplyAdd(minusFive, x3, x5)));
    }

    /// <summary>The six rows of tiles beside each other, of which those from <see cref="Begin"/> to <see cref="End"/> lie inside.</summary>
    private struct Rows
    {
        public T* First;
        public nint Pitch;
        public int Begin;
        public int End;

        /// <summary>Transforms columns.</summary>
        /// <param name="first">Where the first one is.</param>
        /// <param name="step">From one to the next.</param>
        /// <param name="columns">How many.</param>
        /// <param name="line">The first factor of the first one.</param>
        public readonly void Transform(nint first, nint step, int columns, V* line)
        {
            T* x = First + first;
            if (Begin > 0 || End < Extent)
            {
                for (; columns > 0; columns--)
                {
                    Store(Factors(Load(x, 0), Load(x, 1), Load(x, 2), Load(x, 3), Load(x, 4), Load(x, 5)), line++);
                    x += step;
                }

                return;
            }

            nint pitch = Pitch;
            for (T* x3 = x + (3 * pitch); columns > 0; columns--)
            {
                Store(Factors(S.Load(x), S.Load(x + pitch), S.Load(x + (2 * pitch)), S.Load(x3), S.Load(x3 + pitch), S.Load(x3 + (2 * pitch))), line++);
                x += step;
                x3 += step;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store((V V0, V V1, V V2, V V3, V V4, V V5) factors, V* line)
        {
            line[0] = factors.V0;
            line[MostColumns] = factors.V1;
            line[2 * MostColumns] = factors.V2;
            line[3 * MostColumns] = factors.V3;
            line[4 * MostColumns] = factors.V4;
            line[5 * MostColumns] = factors.V5;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly V Load(T* x, int i) => i >= Begin && i < End ? S.Load(x + (i * Pitch)) : S.Zero;
    }
}
