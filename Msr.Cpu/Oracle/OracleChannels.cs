using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>
/// Ops with one number per channel. Rows [C] are handled many at a time: what a channel has is repeated over a span, and sums are first taken
/// over every so many rows, then over those.
/// </summary>
internal static class OracleChannels
{
    /// <summary>y[…,c] = x[…,c] + b[c].</summary>
    public static void BiasAdd<T>(BiasAdd<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), y = HostMemory<T>.SpanOf(op.Y), b = Repeat<T>(HostMemory<T>.SpanOf(op.B), workspace);
        for (int i = 0; i < x.Length; i += b.Length)
        {
            int length = Math.Min(b.Length, x.Length - i);
            TensorPrimitives.Add(x.Slice(i, length), b[..length], y.Slice(i, length));
        }
    }

    /// <summary>db[c] = Σ dy[…,c].</summary>
    public static void BiasGradient<T>(BiasGradient<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> db = HostMemory<T>.SpanOf(op.Db), sums = op.Accumulate ? workspace.Take<T>(db.Length) : db;
        Sum(HostMemory<T>.SpanOf(op.Dy), sums, workspace);
        if (op.Accumulate)
        {
            TensorPrimitives.Add(db, sums, db);
        }
    }

    /// <summary>mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows.</summary>
    public static void Moments<T>(SegmentMoments<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = HostMemory<T>.SpanOf(op.X), mean = HostMemory<T>.SpanOf(op.Mean), square = HostMemory<T>.SpanOf(op.Square);
        T rows = T.CreateChecked(x.Length / mean.Length);
        Sum(x, mean, workspace);
        TensorPrimitives.Divide(mean, rows, mean);

        Span<T> sums = workspace.TakeZeros<T>(Width(square.Length));
        for (int i = 0; i < x.Length; i += sums.Length)
        {
            Span<T> piece = x.Slice(i, Math.Min(sums.Length, x.Length - i)), sum = sums[..piece.Length];
            TensorPrimitives.MultiplyAdd<T>(piece, piece, sum, sum);
        }

        Fold(sums, square);
        TensorPrimitives.Divide(square, rows, square);
    }

    /// <summary>The length of a span of whole rows.</summary>
    /// <param name="channels">The length of a row.</param>
    public static int Width(int channels) => channels * Math.Max(1, Workspace.LongestSpan / channels);

    /// <summary>One row after another.</summary>
    /// <param name="row">The row.</param>
    /// <param name="workspace">Where the span lies.</param>
    /// <param name="most">The number of elements beyond which no repetition is needed.</param>
    public static Span<T> Repeat<T>(ReadOnlySpan<T> row, Workspace workspace, int most = int.MaxValue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> rows = workspace.Take<T>(Math.Min(Width(row.Length), most));
        for (int i = 0; i < rows.Length; i += row.Length)
        {
            row.CopyTo(rows[i..]);
        }

        return rows;
    }

    /// <summary>Σ x[…,c].</summary>
    public static void Sum<T>(ReadOnlySpan<T> x, Span<T> sums, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> partial = workspace.TakeZeros<T>(Width(sums.Length));
        for (int i = 0; i < x.Length; i += partial.Length)
        {
            int length = Math.Min(partial.Length, x.Length - i);
            TensorPrimitives.Add(partial[..length], x.Slice(i, length), partial[..length]);
        }

        Fold(partial, sums);
    }

    /// <summary>The sum of rows.</summary>
    public static void Fold<T>(ReadOnlySpan<T> rows, Span<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sums.Clear();
        for (int i = 0; i < rows.Length; i += sums.Length)
        {
            TensorPrimitives.Add(sums, rows.Slice(i, sums.Length), sums);
        }
    }
}
