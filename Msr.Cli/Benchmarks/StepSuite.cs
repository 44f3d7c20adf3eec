using System.Numerics;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>
/// Where the time of a training step goes: every kind of op on every geometry by itself, op by op as the interpreter runs them, beside what one
/// thread of the machine can do. What is compiled makes passes in common of some.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class StepSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "step";

    /// <summary>The samples of a step: of one micro-batch.</summary>
    private const int DefaultBatch = 16;

    /// <summary>Judges and times the ops of a step.</summary>
    public void Run()
    {
        TrainingOptions network = bench.Request.Network with { Batch = bench.Request.Batch ?? DefaultBatch };
        bench.Try($"{Name}.{network.Model}.{network.Method}", () => Time(network));
    }

    private void Time(TrainingOptions network)
    {
        using TrainingBench<T> training = TrainingBench<T>.Of(bench, network);
        double? errorOverBound = new StepJudge<T>(bench.Judge).ErrorOverBound(network, training.Plan);
        OpWatch<T> watch = new(bench.Request.Samples);
        using Interpreter<T> interpreter = new(bench.Backend, training.Plan, CompileOptions.Default, watch);
        NetworkParameters.Initialize(interpreter, 1);
        MachineLimits limits = new();
        double[][] times = bench.Sample(Name, Step, limits.MultiplyAdds, limits.Copy);
        double operations = MachineLimits.Operations / Quartiles.Of(times[1]).Median, bytes = MachineLimits.CopiedBytes / Quartiles.Of(times[2]).Median;
        double whole = watch.Ops.Sum(static op => op.Times.Seconds.Median);
        foreach ((string name, string shape, string algorithm, OpTimes op) in watch.Ops)
        {
            BenchResult result = bench.Result($"{Name}.{name}", shape, algorithm, network.Batch, op.Seconds, errorOverBound);
            double share = op.Seconds.Median / whole, rate = (op.Operations > 0 ? op.Operations : op.Bytes) / op.Seconds.Median;
            bench.Add(
                op.Operations > 0
                    ? result with { Gflops = rate / 1e9, Share = share, ShareOfLimit = rate / operations }
                    : result with { Gbps = rate / 1e9, Share = share, ShareOfLimit = rate / bytes },
                StepJudge<T>.BatchOf(network));
        }

        bench.Note($"{Name}: one thread of this machine does {operations / 1e9:F0} GFLOP/s in registers and copies {bytes / 1e9:F1} GB/s, read and written.");

        void Step()
        {
            training.StepOn(interpreter);
            watch.EndStep();
        }
    }
}
