using System.Numerics;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

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
