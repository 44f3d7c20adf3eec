using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Msr.Cpu.Simd;

/// <summary>Copies matrices with rows and columns exchanged, float32 in squares of 4×4. Nothing is computed: no vector width has a say in bits.</summary>
internal static unsafe class Transposition<T>
    where T : unmanaged, INumberBase<T>
{
    private const int Square = 4;

    private static bool HasSquares => typeof(T) == typeof(float) && (Sse.IsSupported || AdvSimd.Arm64.IsSupported);

    /// <summary>to[j, i] = from[i, j].</summary>
    /// <param name="from">The matrix.</param>
    /// <param name="row">From one row of it to the next.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="to">The transposed one.</param>
    /// <param name="toRow">From one row of that to the next.</param>
    public static void Copy(T* from, nint row, int rows, int columns, T* to, nint toRow)
    {
        int i = 0;
        for (; HasSquares && i <= rows - Square; i += Square)
        {
            T* target = to + i;
            int left = columns;
            for (T* source = from + (i * row); left >= Square; left -= Square)
            {
                CopySquare((float*)source, row, (float*)target, toRow);
                source += Square;
                target += Square * toRow;
            }

            if (left > 0)
            {
                CopyRest(from + (i * row) + (columns - left), row, Square, left, target, toRow);
            }
        }

        CopyRest(from + (i * row), row, rows - i, columns, to + i, toRow);
    }

    /// <summary>to[j, i] += from[i, j].</summary>
    /// <param name="from">The matrix.</param>
    /// <param name="row">From one row of it to the next.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="to">The transposed one.</param>
    /// <param name="toRow">From one row of that to the next.</param>
    public static void Add(T* from, nint row, int rows, int columns, T* to, nint toRow)
    {
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < rows; i++)
            {
                to[i] += from[(i * row) + j];
            }

            to += toRow;
        }
    }

    private static void CopyRest(T* from, nint row, int rows, int columns, T* to, nint toRow)
    {
        for (int i = 0; i < rows; i++)
        {
            T* target = to + i;
            for (int j = 0; j < columns; j++)
            {
                *target = from[j];
                target += toRow;
            }

            from += row;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopySquare(float* from, nint row, float* to, nint toRow)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from += row), c = Vector128.Load(from += row), d = Vector128.Load(from + row);
        Vector128<float> lowAc = ZipLow(a, c), lowBd = ZipLow(b, d), highAc = ZipHigh(a, c), highBd = ZipHigh(b, d);
        ZipLow(lowAc, lowBd).Store(to);
        ZipHigh(lowAc, lowBd).Store(to += toRow);
        ZipLow(highAc, highBd).Store(to += toRow);
        ZipHigh(highAc, highBd).Store(to + toRow);
    }

    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
