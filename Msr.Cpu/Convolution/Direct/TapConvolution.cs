using Msr.Core.Numerics;
using Msr.Cpu.Products;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>
/// A convolution, forward or by its input, as grids of pixels that gather along runs: what is common to all passes, ready for the workers.
/// </summary>
internal unsafe struct TapConvolution<T>
    where T : unmanaged
{
    private const int LeastBandRows = 4;

    public TapAxis Rows;
    public TapAxis Columns;
    public int Samples;
    public int SourceChannels;
    public int DestinationChannels;
    public int Groups;
    public PaddingMode Mode;
    public T* Source;
    public Tap* Taps;
    public TapRun* Runs;
    public TapPhase* Phases;
    public int PhaseCount;
    public nint PackedLength;

    /// <summary>Whether every tap stays inside the source, so that it need not be padded.</summary>
    public bool Direct;
    public int ColumnLow;
    public int ColumnCount;
    public int BandRows;

    public readonly int Bands => (Rows.Destination + BandRows - 1) / BandRows;

    public readonly int GroupSource => SourceChannels / Groups;

    public readonly int GroupDestination => DestinationChannels / Groups;

    public readonly nint RowPitch => (nint)ColumnCount * SourceChannels;

    /// <summary>Elements of the largest padded band, a little more than one vector tile behind it included.</summary>
    public readonly nint BandLength => ((nint)(Rows.High(BandRows) - Rows.Low(0) + Rows.Step) * RowPitch) + TapRun.MaxLength;

    /// <summary>Bytes of taps, runs and phases: what <see cref="Lay"/> needs.</summary>
    public readonly long LayoutBytes
    {
        get
        {
            long taps = (long)Rows.Taps * Columns.Taps;
            long runs = taps * (2 + (GroupSource / TapRun.MaxLength));
            return Aligned(taps * sizeof(Tap)) + Aligned(runs * sizeof(TapRun)) + Aligned((long)Rows.Phases * Columns.Phases * sizeof(TapPhase));
        }
    }

    /// <summary>Decides on bands and padding.</summary>
    /// <param name="pieces">Pieces of work that keep all threads busy: small batches are cut into more bands.</param>
    /// <param name="bandBytes">About how much padded source a band may have.</param>
    public void Prepare(int pieces, int bandBytes)
    {
        Direct = Rows.Low(0) >= 0 && Rows.High(Rows.Destination) <= Rows.Source
            && Columns.Low(0) >= 0 && Columns.High(Columns.Destination) <= Columns.Source;
        ColumnLow = Direct ? 0 : Columns.Low(0);
        ColumnCount = Direct ? Columns.Source : Columns.High(Columns.Destination) - ColumnLow;
        int perSource = Math.Max(1, (int)(bandBytes / (RowPitch * sizeof(T))) - (Rows.MaxOffset - Rows.MinOffset));
        int rows = Math.Max(perSource * Rows.Phases / Rows.Step, LeastBandRows);
        int wanted = (pieces + Samples - 1) / Samples;
        rows = Math.Min(rows, Math.Max(LeastBandRows, Rows.Destination / wanted));

        // Even bands: no small rest at the end.
        int bands = Math.Max(1, (Rows.Destination + (rows / 2)) / rows);
        BandRows = (Rows.Destination + bands - 1) / bands;
    }

    /// <summary>Lays out taps, runs and phases.</summary>
    public void Lay(byte* memory, int paddedDestination)
    {
        long taps = (long)Rows.Taps * Columns.Taps;
        Taps = (Tap*)memory;
        Runs = (TapRun*)(memory + Aligned(taps * sizeof(Tap)));
        Phases = (TapPhase*)((byte*)Runs + Aligned(taps * (2 + (GroupSource / TapRun.MaxLength)) * sizeof(TapRun)));
        PhaseCount = Rows.Phases * Columns.Phases;
        int tap = 0, run = 0;
        for (int f = 0; f < PhaseCount; f++)
        {
            TapPhase phase = new() { Row = f / Columns.Phases, Column = f % Columns.Phases, FirstTap = tap, FirstRun = run, Filters = PackedLength };
            phase.TapCount = LayTaps(phase, Taps + tap);
            phase.RunCount = LayRuns(Taps + tap, phase.TapCount, Runs + run);
            phase.Steps = phase.TapCount * GroupSource;
            PackedLength += (nint)phase.Steps * paddedDestination * Groups;
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
        T* plane = Source + ((nint)sample * Rows.Source * Columns.Source * SourceChannels);
        if (Direct)
        {
            return plane;
        }

        int low = Rows.Low(begin), high = Rows.High(end);
        for (int row = low; row < high; row++)
        {
            PadRow(plane, ConvGeometry.Source(row, Rows.Source, Mode), memory + ((row - low) * RowPitch));
        }

        return memory - (low * RowPitch) - ((nint)ColumnLow * SourceChannels);
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63;

    private readonly void PadRow(T* plane, int row, T* destination)
    {
        if (row < 0)
        {
            new Span<T>(destination, checked((int)RowPitch)).Clear();
            return;
        }

        T* source = plane + ((nint)row * Columns.Source * SourceChannels);
        int begin = Math.Clamp(-ColumnLow, 0, ColumnCount);
        int end = Math.Clamp(Columns.Source - ColumnLow, begin, ColumnCount);
        for (int i = 0; i < begin; i++)
        {
            PadPixel(source, i, destination);
        }

        int skipped = Math.Max(ColumnLow, 0);
        new ReadOnlySpan<T>(source + ((nint)skipped * SourceChannels), (end - begin) * SourceChannels)
            .CopyTo(new Span<T>(destination + ((nint)begin * SourceChannels), (end - begin) * SourceChannels));
        for (int i = end; i < ColumnCount; i++)
        {
            PadPixel(source, i, destination);
        }
    }

    private readonly void PadPixel(T* row, int i, T* destination)
    {
        int column = ConvGeometry.Source(i + ColumnLow, Columns.Source, Mode);
        Span<T> pixel = new(destination + ((nint)i * SourceChannels), SourceChannels);
        if (column < 0)
        {
            pixel.Clear();
        }
        else
        {
            new ReadOnlySpan<T>(row + ((nint)column * SourceChannels), SourceChannels).CopyTo(pixel);
        }
    }

    private readonly int LayTaps(in TapPhase phase, Tap* taps)
    {
        int count = 0;
        for (int i = 0; i < Rows.Taps; i++)
        {
            int r = Rows.Ordered(i);
            for (int j = 0; Rows.Meets(r, phase.Row) && j < Columns.Taps; j++)
            {
                int s = Columns.Ordered(j);
                if (Columns.Meets(s, phase.Column))
                {
                    nint source = (Rows.Offset(r, phase.Row) * RowPitch) + ((nint)Columns.Offset(s, phase.Column) * SourceChannels);
                    taps[count++] = new Tap(source, (r * Columns.Taps) + s);
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
            nint end = begin + GroupSource;
            for (i++; i < tapCount && taps[i].Source == end; i++)
            {
                end += GroupSource;
            }

            for (; begin < end; begin += TapRun.MaxLength)
            {
                runs[count++] = new TapRun(begin, (int)Math.Min(TapRun.MaxLength, end - begin));
            }
        }

        return count;
    }
}
