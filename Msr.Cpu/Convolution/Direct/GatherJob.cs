using System.Numerics;
using Msr.Cpu.Epilogues;
using Msr.Cpu.Products;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Convolution.Direct;

/// <summary>Computes bands of a convolution, forward or by its input. Which bands there are does not matter to any result.</summary>
internal unsafe struct GatherJob<S, V, T> : IJob
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public TapConvolution<T> Convolution;
    public T* Filters;
    public T* Destination;
    public bool Accumulate;

    /// <summary>Not empty where the destination is the padded input, which <see cref="PaddingFold{S, V, T}"/> then adds up into the input.</summary>
    public PaddingFold<S, V, T> Fold;

    /// <summary>What is done with a band as soon as it is there.</summary>
    public Tail<S, V, T> Tail;

    public void Run(int index, Worker worker)
    {
        int sample = index / Convolution.Bands;
        int begin = index % Convolution.Bands * Convolution.BandRows;
        int end = Math.Min(begin + Convolution.BandRows, Convolution.Rows.Destination);
        nint plane = (nint)Convolution.Rows.Destination * Convolution.Columns.Destination * Convolution.DestinationChannels;
        T* memory = worker.Scratch.Reserve<T>(Convolution.BandLength + (Fold.Active ? plane : 0));
        T* source = Convolution.Band(sample, begin, end, memory);
        if (Fold.Active)
        {
            T* padded = memory + Convolution.BandLength;
            Gather(source, padded, begin, end, accumulate: false);
            Fold.Run(padded, Destination, sample, Accumulate);
            nint folded = (nint)Fold.H * Fold.W * Fold.Channels;
            Tail.Run(sample * folded, (sample + 1) * folded);
        }
        else
        {
            Gather(source, Destination + (sample * plane), begin, end, Accumulate);
            nint line = plane / Convolution.Rows.Destination;
            Tail.Run((sample * plane) + (begin * line), (sample * plane) + (end * line));
        }
    }

    private readonly void Gather(T* source, T* destination, int begin, int end, bool accumulate)
    {
        for (int group = 0; group < Convolution.Groups; group++)
        {
            for (int f = 0; f < Convolution.PhaseCount; f++)
            {
                TapGrid<T> grid = Grid(Convolution.Phases[f], group, source, destination, begin, end);
                grid.Accumulate = accumulate;
                TapPass<S, V, T>.Run(grid);
            }
        }
    }

    private readonly TapGrid<T> Grid(in TapPhase phase, int group, T* source, T* destination, int begin, int end)
    {
        TapAxis rows = Convolution.Rows, columns = Convolution.Columns;
        int row = rows.Begin(phase.Row, begin), column = columns.Begin(phase.Column, 0);
        nint pixel = Convolution.DestinationChannels, line = columns.Destination * pixel;
        int padded = TapPass<S, V, T>.PaddedChannels(Convolution.GroupDestination);
        return new TapGrid<T>
        {
            Source = source + (row * rows.Step * Convolution.RowPitch) + ((nint)column * columns.Step * Convolution.SourceChannels)
                + ((nint)group * Convolution.GroupSource),
            SourceRowPitch = rows.Step * Convolution.RowPitch,
            SourceColumnPitch = (nint)columns.Step * Convolution.SourceChannels,
            Destination = destination + (rows.DestinationOf(row, phase.Row) * line) + (columns.DestinationOf(column, phase.Column) * pixel)
                + ((nint)group * Convolution.GroupDestination),
            DestinationRowPitch = rows.Phases * line,
            DestinationColumnPitch = columns.Phases * pixel,
            Rows = rows.Begin(phase.Row, end) - row,
            Columns = columns.Begin(phase.Column, columns.Destination) - column,
            Runs = Convolution.Runs + phase.FirstRun,
            RunCount = phase.RunCount,
            Steps = phase.Steps,
            Filters = Filters + phase.Filters + ((nint)phase.Steps * group * padded),
            Channels = Convolution.GroupDestination,
        };
    }
}
