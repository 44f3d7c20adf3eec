using Msr.Core.Numerics;
using Msr.Cpu.Convolution.Geometry;
using Msr.Cpu.Products;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>
/// A convolution, forward or by its input, as grids of pixels that read along runs: its taps and its bands, ready for the workers. Which bands there
/// are does not matter to any result of these two; the gradient by the filters sums band by band.
/// </summary>
internal unsafe struct DirectLayout<T>
    where T : unmanaged
{
    private const int LeastBandRows = 4;

    public ConvolutionPass<T> Pass;
    public Tap* Taps;
    public TapRun* Runs;
    public TapPhase* Phases;
    public int PhaseCount;
    public nint PackedLength;

    /// <summary>Whether every tap stays inside the source, so that it need not be padded.</summary>
    public bool InPlace;
    public int ColumnLow;
    public int ColumnCount;
    public int BandRows;

    public readonly int Bands => (Pass.Rows.Destination + BandRows - 1) / BandRows;

    public readonly nint RowPitch => (nint)ColumnCount * Pass.SourceChannels;

    /// <summary>Elements of the largest padded band, a little more than one vector tile behind it included.</summary>
    public readonly nint BandLength => ((nint)(Pass.Rows.High(BandRows) - Pass.Rows.Low(0) + Pass.Rows.Step) * RowPitch) + TapRun.MaxLength;

    /// <summary>Bytes of taps, runs and phases: what <see cref="Lay"/> needs.</summary>
    /// <param name="pass">The convolution.</param>
    public static long LayoutBytes(in ConvolutionPass<T> pass) =>
        Aligned((long)pass.Taps * sizeof(Tap)) + RunBytes(pass) + Aligned((long)pass.Rows.Phases * pass.Columns.Phases * sizeof(TapPhase));

    /// <summary>Decides on bands and padding.</summary>
    /// <param name="pieces">Pieces of work that keep all threads busy: small batches are cut into more bands.</param>
    /// <param name="bandBytes">About how much padded source a band may have.</param>
    public void Cut(int pieces, int bandBytes)
    {
        InPlace = Pass.Rows.Low(0) >= 0 && Pass.Rows.High(Pass.Rows.Destination) <= Pass.Rows.Source
            && Pass.Columns.Low(0) >= 0 && Pass.Columns.High(Pass.Columns.Destination) <= Pass.Columns.Source;
        ColumnLow = InPlace ? 0 : Pass.Columns.Low(0);
        ColumnCount = InPlace ? Pass.Columns.Source : Pass.Columns.High(Pass.Columns.Destination) - ColumnLow;
        int perSource = Math.Max(1, (int)(bandBytes / (RowPitch * sizeof(T))) - (Pass.Rows.MaxOffset - Pass.Rows.MinOffset));
        int rows = Math.Max(perSource * Pass.Rows.Phases / Pass.Rows.Step, LeastBandRows);
        int wanted = (pieces + Pass.Samples - 1) / Pass.Samples;
        rows = Math.Min(rows, Math.Max(LeastBandRows, Pass.Rows.Destination / wanted));

        // Even bands: no small rest at the end.
        int bands = Math.Max(1, (Pass.Rows.Destination + (rows / 2)) / rows);
        BandRows = (Pass.Rows.Destination + bands - 1) / bands;
    }

    /// <summary>Lays out taps, runs and phases.</summary>
    public void Lay(byte* memory, int paddedDestination)
    {
        Taps = (Tap*)memory;
        Runs = (TapRun*)(memory + Aligned((long)Pass.Taps * sizeof(Tap)));
        Phases = (TapPhase*)((byte*)Runs + RunBytes(Pass));
        PhaseCount = Pass.Rows.Phases * Pass.Columns.Phases;
        int tap = 0, run = 0;
        for (int f = 0; f < PhaseCount; f++)
        {
            TapPhase phase = new() { Row = f / Pass.Columns.Phases, Column = f % Pass.Columns.Phases, FirstTap = tap, FirstRun = run, Filters = PackedLength };
            phase.TapCount = LayTaps(phase, Taps + tap);
            phase.RunCount = LayRuns(Taps + tap, phase.TapCount, Runs + run);
            phase.Steps = phase.TapCount * Pass.GroupSource;
            PackedLength += (nint)phase.Steps * paddedDestination * Pass.Groups;
            tap += phase.TapCount;
            run += phase.RunCount;
            Phases[f] = phase;
        }
    }

    /// <summary>The source of a band of destination rows, padded into the worker's memory unless it can be read where it is.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="begin">First destination row.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="memory">Memory for <see cref="BandLength"/> elements.</param>
    /// <returns>Where source position (0, 0) is, or would be.</returns>
    public readonly T* Band(int sample, int begin, int end, T* memory)
    {
        T* plane = Pass.Source + ((nint)sample * Pass.Rows.Source * Pass.Columns.Source * Pass.SourceChannels);
        if (InPlace)
        {
            return plane;
        }

        int low = Pass.Rows.Low(begin), high = Pass.Rows.High(end);
        for (int row = low; row < high; row++)
        {
            PadRow(plane, ConvGeometry.Source(row, Pass.Rows.Source, Pass.Mode), memory + ((row - low) * RowPitch));
        }

        return memory - (low * RowPitch) - ((nint)ColumnLow * Pass.SourceChannels);
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63;

    private static long RunBytes(in ConvolutionPass<T> pass) =>
        Aligned((long)pass.Taps * (2 + (pass.GroupSource / TapRun.MaxLength)) * sizeof(TapRun));

    private readonly void PadRow(T* plane, int row, T* destination)
    {
        if (row < 0)
        {
            new Span<T>(destination, checked((int)RowPitch)).Clear();
            return;
        }

        T* source = plane + ((nint)row * Pass.Columns.Source * Pass.SourceChannels);
        int begin = Math.Clamp(-ColumnLow, 0, ColumnCount);
        int end = Math.Clamp(Pass.Columns.Source - ColumnLow, begin, ColumnCount);
        for (int i = 0; i < begin; i++)
        {
            PadPixel(source, i, destination);
        }

        int skipped = Math.Max(ColumnLow, 0);
        new ReadOnlySpan<T>(source + ((nint)skipped * Pass.SourceChannels), (end - begin) * Pass.SourceChannels)
            .CopyTo(new Span<T>(destination + ((nint)begin * Pass.SourceChannels), (end - begin) * Pass.SourceChannels));
        for (int i = end; i < ColumnCount; i++)
        {
            PadPixel(source, i, destination);
        }
    }

    private readonly void PadPixel(T* row, int i, T* destination)
    {
        int column = ConvGeometry.Source(i + ColumnLow, Pass.Columns.Source, Pass.Mode);
        Span<T> pixel = new(destination + ((nint)i * Pass.SourceChannels), Pass.SourceChannels);
        if (column < 0)
        {
            pixel.Clear();
        }
        else
        {
            new ReadOnlySpan<T>(row + ((nint)column * Pass.SourceChannels), Pass.SourceChannels).CopyTo(pixel);
        }
    }

    private readonly int LayTaps(in TapPhase phase, Tap* taps)
    {
        int count = 0;
        for (int i = 0; i < Pass.Rows.Taps; i++)
        {
            int r = Pass.Rows.Ordered(i);
            for (int j = 0; Pass.Rows.Meets(r, phase.Row) && j < Pass.Columns.Taps; j++)
            {
                int s = Pass.Columns.Ordered(j);
                if (Pass.Columns.Meets(s, phase.Column))
                {
                    nint source = (Pass.Rows.Offset(r, phase.Row) * RowPitch) + ((nint)Pass.Columns.Offset(s, phase.Column) * Pass.SourceChannels);
                    taps[count++] = new Tap(source, (r * Pass.Columns.Taps) + s);
                }
            }
        }

        return count;
    }

    private readonly int LayRuns(Tap* taps, int tapCount, TapRun* runs)
    {
        int count = 0;
        for (int i = 0; i < tapCount;)
        {
            nint begin = taps[i].Source;
            nint end = begin + Pass.GroupSource;
            for (i++; i < tapCount && taps[i].Source == end; i++)
            {
                end += Pass.GroupSource;
            }

            for (; begin < end; begin += TapRun.MaxLength)
            {
                runs[count++] = new TapRun(begin, (int)Math.Min(TapRun.MaxLength, end - begin));
            }
        }

        return count;
    }
}

/// <summary>One tap of a filter.</summary>
/// <param name="Source">Where it reads, counted from the pixel's own place.</param>
/// <param name="Index">Its place r·S + s in the filter.</param>
internal readonly record struct Tap(nint Source, int Index);

/// <summary>The taps that meet the same destinations: all of them forward, those of one phase of the stride in the gradient by the input.</summary>
internal struct TapPhase
{
    public int Row;
    public int Column;
    public int FirstTap;
    public int TapCount;
    public int FirstRun;
    public int RunCount;

    /// <summary>Products of one output.</summary>
    public int Steps;

    /// <summary>The first packed filter of this phase, of its first group.</summary>
    public nint Filters;
}
