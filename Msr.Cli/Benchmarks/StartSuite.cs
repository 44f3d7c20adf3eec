using System.Diagnostics;
using System.Numerics;
using Msr.Cli.Training;
using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>
/// From the start of a process to the end of the first step of what <c>msr train</c> trains by default: the embedded images, the default model.
/// The files of the program are in the system's cache by then; nothing else is warm.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class StartSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "start";

    /// <summary>The network, at the batch that was asked for.</summary>
    public static TrainingOptions Network(BenchRequest request) => new() { Batch = request.Batch ?? new TrainingOptions().Batch };

    /// <summary>The images.</summary>
    public static TrainingData Data()
    {
        DatasetPair pair = RunData.LoadPair(RunConfiguration.Default.Data, dataFolder: null);
        return new TrainingData(pair.Train, null, pair.Standardization);
    }

    /// <summary>Judges the step and times it in processes of its own.</summary>
    public void Run() => bench.Try(Name, Time);

    private void Time()
    {
        TrainingOptions network = Network(bench.Request);
        using TrainingBench<T> training = new(bench.Backend, Data(), network);
        double? errorOverBound = new StepJudge<T>(bench.Judge).ErrorOverBound(network, training.Plan);
        List<double> seconds = [];
        Measure();
        long begun = Stopwatch.GetTimestamp();
        while (seconds.Count < bench.Request.Samples && (seconds.Count < Sampler.LeastSamples || Stopwatch.GetElapsedTime(begun) < bench.Request.Limit))
        {
            seconds.Add(Measure());
        }

        bench.Add(
            bench.Result(Name, $"{RunConfiguration.Default.Data}, {network.Model}, width {network.Width}", training.Algorithms, training.BatchSize, Quartiles.Of(seconds), errorOverBound),
            StepJudge<T>.BatchOf(network));
    }

    private double Measure()
    {
        long begun = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(begun, ChildProcess.Run(bench.Request, ChildWork.Start, bench.Stop).Timestamp).TotalSeconds;
    }
}
