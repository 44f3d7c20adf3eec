using System.Numerics;
using Msr.Cli.Output;
using Msr.Core.Backends;

namespace Msr.Cli.Benchmarks;

/// <summary>The context of every suite, and its results so far.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="request">What was asked for.</param>
/// <param name="backend">The backend that is judged and timed.</param>
/// <param name="printer">Prints how it goes.</param>
/// <param name="stop">Asks to stop.</param>
internal sealed class Workbench<T>(BenchRequest request, IBackend<T> backend, ProgressPrinter printer, CancellationToken stop)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>The request.</summary>
    public BenchRequest Request => request;

    /// <summary>The backend that is judged and timed.</summary>
    public IBackend<T> Backend => backend;

    /// <summary>Asks to stop.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Judges what is timed.</summary>
    public KitJudge<T> Judge { get; } = new(backend, request);

    /// <summary>The timed rows.</summary>
    public IReadOnlyList<BenchRow> Rows => _rows;

    /// <summary>The notes below the table, by line.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether something was refused.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>Judges and times one thing, or a few that are compared; where it is refused the others go on.</summary>
    /// <param name="what">What it is, for people.</param>
    /// <param name="work">Judges it, times it and adds its rows.</param>
    public void Try(string what, Action work)
    {
        stop.ThrowIfCancellationRequested();
        printer.Update(what);
        try
        {
            work();
        }
        catch (BenchRefusedException refusal)
        {
            HasRefused = true;
            printer.Line($"error: {what} is not timed, it is wrong: {refusal.Message}");
        }
    }

    /// <summary>Times some works, alternately.</summary>
    /// <param name="what">What they are, for people.</param>
    /// <param name="works">The works.</param>
    public double[][] Sample(string what, params IReadOnlyList<Action> works) =>
        new Sampler(backend.Synchronize, request.Samples, request.Limit, advice => printer.Line($"{what}: {advice}."), stop).Sample(works);

    /// <summary>A result of this backend without its speed.</summary>
    public BenchResult Result(string name, string shape, string algorithm, int batch, Quartiles seconds, double? errorOverBound) =>
        new(name, shape, algorithm, backend.Info.Name, batch, backend.Info.Threads, seconds.Median, seconds.First, seconds.Third) { ErrorOverBound = errorOverBound };

    /// <summary>Adds a row.</summary>
    /// <param name="result">What was timed.</param>
    /// <param name="judgedBatch">The batch at which it was judged.</param>
    public void Add(BenchResult result, int judgedBatch) => _rows.Add(new BenchRow(result, judgedBatch));

    /// <summary>Adds a row of whole steps.</summary>
    /// <param name="name">What was timed.</param>
    /// <param name="training">The network.</param>
    /// <param name="samples">Seconds of a step, sample by sample.</param>
    /// <param name="errorOverBound">What the judge found.</param>
    public void Add(string name, TrainingBench<T> training, double[] samples, double? errorOverBound)
    {
        Quartiles seconds = Quartiles.Of(samples);
        BenchResult result = Result(name, training.Shape, training.Algorithms, training.BatchSize, seconds, errorOverBound);
        Add(result with { ImagesPerSecond = training.BatchSize / seconds.Median }, StepJudge<T>.BatchOf(training.Network));
    }

    /// <summary>Adds a line below the table.</summary>
    public void Note(string line) => _notes.Add(line);
}
