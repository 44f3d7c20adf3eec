using Msr.Cpu.Simd;

namespace Msr.Cpu.Products;

/// <summary>Covers a <see cref="TapGrid{T}"/> with register tiles.</summary>
internal static unsafe class TapPass<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    // Filters of one part, in steps: with two vectors of 256 bits a step is 64 bytes, a part at most 20 KiB of a first-level cache of 32.
    private const int PartSteps = 320;
    private const int MaxPixels = TapTile<S, V, T>.NarrowPixels;

    /// <summary>The lanes that the panels of so many channels have.</summary>
    public static int PaddedChannels(int channels) => (channels + S.Count - 1) / S.Count * S.Count;

    /// <summary>The lanes of the panel that starts at a channel.</summary>
    public static int PanelWidth(int channels, int first) => channels - first > S.Count ? 2 * S.Count : S.Count;

    /// <summary>Runs the pass.</summary>
    public static void Run(in TapGrid<T> grid)
    {
        for (int first = 0; first < grid.Channels; first += 2 * S.Count)
        {
            RunPanel(grid, first, Math.Min(2 * S.Count, grid.Channels - first));
        }
    }

    private static void RunPanel(in TapGrid<T> grid, int first, int lanes)
    {
        T* filters = grid.Filters + ((nint)first * grid.Steps);
        int width = PanelWidth(grid.Channels, first);
        bool resume = grid.Accumulate;
        TapRun* begin = grid.Runs;
        do
        {
            TapRun* end = begin;
            int steps = 0;
            while (end < grid.Runs + grid.RunCount && (steps == 0 || steps + end->Length <= PartSteps))
            {
                steps += end->Length;
                end++;
            }

            RunPart(grid, new Part(begin, end, filters, first, lanes, width, resume));
            filters += (nint)steps * width;
            resume = true;
            begin = end;
        }
        while (begin < grid.Runs + grid.RunCount);
    }

    private static void RunPart(in TapGrid<T> grid, in Part part)
    {
        bool wide = part.Width > S.Count;
        int pixels = wide ? TapTile<S, V, T>.WidePixels : TapTile<S, V, T>.NarrowPixels;
        T** source = stackalloc T*[MaxPixels];
        T** destination = stackalloc T*[MaxPixels];
        V* spare = stackalloc V[2];
        V* stage = stackalloc V[2 * MaxPixels];
        (spare[0], spare[1]) = (S.Zero, S.Zero);
        int columns = grid.Columns, column = 0, left = grid.Rows * columns;
        T* from = grid.Source, to = grid.Destination + part.First;
        (nint fromColumn, nint toColumn) = (grid.SourceColumnPitch, grid.DestinationColumnPitch);
        (nint fromRow, nint toRow) = (grid.SourceRowPitch - (columns * fromColumn), grid.DestinationRowPitch - (columns * toColumn));
        while (left > 0)
        {
            int valid = Math.Min(left, pixels);
            for (int i = 0; i < valid; i++)
            {
                source[i] = from;
                destination[i] = to;
                from += fromColumn;
                to += toColumn;
                if (++column == columns)
                {
                    column = 0;
                    from += fromRow;
                    to += toRow;
                }
            }

            // Missing pixels repeat the first one and go nowhere.
            for (int i = valid; i < pixels; i++)
            {
                source[i] = source[0];
                destination[i] = (T*)spare;
            }

            if (part.Lanes == part.Width)
            {
                Multiply(wide, source, destination, part);
            }
            else
            {
                MultiplyStaged(wide, source, destination, part, valid, pixels, (T*)stage);
            }

            left -= valid;
        }
    }

    private static void Multiply(bool wide, T** source, T** destination, in Part part)
    {
        if (wide)
        {
            TapTile<S, V, T>.Wide(source, destination, part.Begin, part.End, part.Filters, part.Resume);
        }
        else
        {
            TapTile<S, V, T>.Narrow(source, destination, part.Begin, part.End, part.Filters, part.Resume);
        }
    }

    private static void MultiplyStaged(bool wide, T** source, T** destination, in Part part, int valid, int pixels, T* stage)
    {
        T** staged = stackalloc T*[MaxPixels];
        for (int i = 0; i < pixels; i++)
        {
            staged[i] = stage + (i * part.Width);
        }

        if (part.Resume)
        {
            new Span<T>(stage, pixels * part.Width).Clear();
            for (int i = 0; i < valid; i++)
            {
                new ReadOnlySpan<T>(destination[i], part.Lanes).CopyTo(new Span<T>(staged[i], part.Lanes));
            }
        }

        Multiply(wide, source, staged, part);
        for (int i = 0; i < valid; i++)
        {
            new ReadOnlySpan<T>(staged[i], part.Lanes).CopyTo(new Span<T>(destination[i], part.Lanes));
        }
    }

    private readonly struct Part(TapRun* begin, TapRun* end, T* filters, int first, int lanes, int width, bool resume)
    {
        public readonly TapRun* Begin = begin;
        public readonly TapRun* End = end;
        public readonly T* Filters = filters;
        public readonly int First = first;
        public readonly int Lanes = lanes;
        public readonly int Width = width;
        public readonly bool Resume = resume;
    }
}

/// <summary>
/// A plane of destination pixels that all gather along the same runs: destination[row, column, :] (+)= Σ_runs source · filters. Convolutions,
/// their gradients by the input and matrix products are all made of it.
/// </summary>
internal unsafe struct TapGrid<T>
    where T : unmanaged
{
    public T* Source;
    public nint SourceRowPitch;
    public nint SourceColumnPitch;
    public T* Destination;
    public nint DestinationRowPitch;
    public nint DestinationColumnPitch;
    public int Rows;
    public int Columns;
    public TapRun* Runs;
    public int RunCount;

    /// <summary>The sum of all run lengths: the products of one output.</summary>
    public int Steps;

    /// <summary>Panels of two vectors of output channels, the last one of one or two: [panel][step][lanes].</summary>
    public T* Filters;

    /// <summary>Output channels.</summary>
    public int Channels;
    public bool Accumulate;
}

/// <summary>Source elements that follow one another in memory: the channels of one tap, or of neighbouring taps where they touch.</summary>
/// <param name="Source">The first element, counted from the pixel's own place.</param>
/// <param name="Length">How many.</param>
internal readonly record struct TapRun(nint Source, int Length)
{
    /// <summary>
    /// The longest run. Longer ones are split, so that the filters of a few runs stay in the first-level cache while all pixels pass. A multiple
    /// of every register tile of <see cref="FilterTile{S, V, T}"/>.
    /// </summary>
    public const int MaxLength = 240;
}
