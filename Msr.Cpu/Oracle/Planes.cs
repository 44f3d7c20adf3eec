using System.Numerics;
using System.Numerics.Tensors;

namespace Msr.Cpu.Oracle;

/// <summary>Planes of one phase after another, [channel][phase][place], and how they are filled from tensors [N, H, W, C] and emptied into them.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="elements">All planes.</param>
/// <param name="length">Elements of a plane.</param>
/// <param name="lead">Zeros before the first place of a plane.</param>
internal readonly ref struct Planes<T>(Span<T> elements, int length, int lead = 0)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Span<T> _elements = elements;

    /// <summary>Whether no element is an infinity or NaN.</summary>
    public bool AreFinite => TensorPrimitives.IsFiniteAll<T>(_elements);

    /// <summary>Consecutive places of a plane.</summary>
    /// <param name="plane">Its index.</param>
    /// <param name="place">The first place; negative ones are zeros before the plane.</param>
    /// <param name="count">The number of places.</param>
    public Span<T> Slice(int plane, int place, int count) => _elements.Slice((plane * length) + lead + place, count);

    /// <summary>Fills a phase of every channel with the pixels of some samples.</summary>
    /// <param name="pixels">The tensor.</param>
    /// <param name="samples">The first sample, and the number of samples.</param>
    /// <param name="phase">The phase, and the number of phases.</param>
    /// <param name="rows">The row of pixels at each row of the grid, −1 for zeros.</param>
    /// <param name="columns">The pixel at each place of a row, −1 for a zero.</param>
    public void Fill(Pixels<T> pixels, (int First, int Count) samples, (int Index, int Count) phase, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns)
    {
        for (int i = 0; i < samples.Count * rows.Length; i++)
        {
            int row = rows[i % rows.Length];
            ReadOnlySpan<T> source = row < 0 ? [] : pixels.Row(samples.First + (i / rows.Length), row);
            for (int c = 0; c < pixels.C; c++)
            {
                Span<T> places = Slice((c * phase.Count) + phase.Index, i * columns.Length, columns.Length);
                if (row < 0)
                {
                    places.Clear();
                    continue;
                }

                for (int j = 0; j < columns.Length; j++)
                {
                    places[j] = columns[j] < 0 ? T.Zero : source[(columns[j] * pixels.C) + c];
                }
            }
        }
    }

    /// <summary>Writes a phase of every channel to the pixels of some samples, or adds it to them.</summary>
    /// <param name="pixels">The tensor.</param>
    /// <param name="samples">The first sample, and the number of samples.</param>
    /// <param name="phase">The phase, and the number of phases.</param>
    /// <param name="rows">The row of pixels at each row of the grid, −1 for none.</param>
    /// <param name="columns">The pixel at each place of a row, −1 for none.</param>
    /// <param name="adds">Whether to add.</param>
    public void Empty(
        Pixels<T> pixels, (int First, int Count) samples, (int Index, int Count) phase, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, bool adds)
    {
        for (int i = 0; i < samples.Count * rows.Length; i++)
        {
            if (rows[i % rows.Length] is not (>= 0 and int row))
            {
                continue;
            }

            Span<T> destination = pixels.Row(samples.First + (i / rows.Length), row);
            for (int c = 0; c < pixels.C; c++)
            {
                ReadOnlySpan<T> places = Slice((c * phase.Count) + phase.Index, i * columns.Length, columns.Length);
                for (int j = 0; j < places.Length; j++)
                {
                    if (columns[j] >= 0)
                    {
                        ref T pixel = ref destination[(columns[j] * pixels.C) + c];
                        pixel = adds ? pixel + places[j] : places[j];
                    }
                }
            }
        }
    }
}
