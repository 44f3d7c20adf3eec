using System.Numerics;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>Whole training steps.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class TrainSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "train";

    /// <summary>Steps that are taken to see how much memory is resident.</summary>
    public const int StepsForMemory = 3;

    /// <summary>Judges and times a step, and says what it holds in memory.</summary>
    public void Run()
    {
        TrainingOptions network = bench.Request.Network;
        string name = $"{Name}.{network.Model}.{network.Method}";
        bench.Try(name, () => Time(name, network));
    }

    private void Time(string name, TrainingOptions network)
    {
        using TrainingBench<T> training = TrainingBench<T>.Of(bench, network);
        double? errorOverBound = new StepJudge<T>(bench.Judge).ErrorOverBound(network, training.Plan);
        bench.Add(name, training, bench.Sample(name, training.Step)[0], errorOverBound);
        if (bench.Request.TimeOnly)
        {
            return;
        }

        long peak = ChildProcess.Run(bench.Request, ChildWork.Memory, bench.Stop).PeakBytes;
        bench.Note(
            $"{name}: {Mebibytes(training.Memory.TotalBytes)} held by the compiled network; at most {Mebibytes(peak)} resident in a process that takes {StepsForMemory} steps.");
    }

    private static string Mebibytes(long bytes) => $"{bytes / (double)(1 << 20):F1} MiB";
}

/// <summary>Whole forward passes, as an evaluation takes them: loss and correct answers are among them.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class ForwardSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "forward";

    /// <summary>Judges and times a forward pass.</summary>
    public void Run()
    {
        TrainingOptions network = bench.Request.Network;
        string name = $"{Name}.{network.Model}.{network.Method}";
        bench.Try(name, () =>
        {
            using TrainingBench<T> training = TrainingBench<T>.Of(bench, network);
            double? errorOverBound = new StepJudge<T>(bench.Judge).ErrorOfForward(network, training.Plan);
            bench.Add(name, training, bench.Sample(name, training.Forward)[0], errorOverBound);
        });
    }
}
