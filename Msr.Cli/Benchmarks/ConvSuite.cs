using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Core.Ops;

namespace Msr.Cli.Benchmarks;

/// <summary>The three convolutions on the layers of ResNet-20 for images of 32×32.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class ConvSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "conv";

    private const int DefaultBatch = 32;

    private static readonly (int Inputs, int Outputs, int Size, int Stride)[] s_layers =
        [(3, 16, 32, 1), (16, 16, 32, 1), (16, 32, 32, 2), (32, 32, 16, 1), (32, 64, 16, 2), (64, 64, 8, 1)];

    private static readonly string[] s_kinds = [ConvForward<T>.Kind, ConvBackwardData<T>.Kind, ConvBackwardFilter<T>.Kind];

    /// <summary>Judges and times them.</summary>
    public void Run()
    {
        int batch = bench.Request.Batch ?? DefaultBatch;
        foreach ((int inputs, int outputs, int size, int stride) in s_layers)
        {
            string shape = $"{inputs}→{outputs}@{size}{(stride > 1 ? $" stride {stride}" : "")}";
            foreach (string kind in s_kinds)
            {
                OpCase timed = KitJudge<T>.Read($"{kind} batch={batch} in={inputs} image={size} out={outputs} filter=3 stride={stride} pad=1 seed=1");
                bench.Try($"{kind} {shape}", () => Time(timed, shape));
            }
        }
    }

    private void Time(OpCase timed, string shape)
    {
        OpCase judged = bench.Judge.Smaller(timed);
        double? errorOverBound = bench.Judge.ErrorOverBound(judged);
        using BenchOperands<T> operands = new(bench.Backend);
        Op<T> op = operands.Build(timed);
        Quartiles seconds = Quartiles.Of(bench.Sample($"{op.Name} {shape}", () => bench.Backend.Run(op))[0]);
        int batch = timed.Parameters["batch"];
        bench.Add(
            bench.Result(op.Name, shape, bench.Backend.AlgorithmOf(op), batch, seconds, errorOverBound) with { Gflops = timed.Flops / seconds.Median / 1e9 },
            judged.Parameters["batch"]);
    }
}
