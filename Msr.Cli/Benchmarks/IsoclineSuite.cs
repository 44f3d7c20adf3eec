using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Conformance.Cases;
using Msr.Core.Models;
using Msr.Core.Ops;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>What the isocline costs: projection and step against a copy of the same bytes, and whole steps with projection and without.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class IsoclineSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "isocline";

    private const int Taps = 9;

    /// <summary>A step reads parameter, gradient and momentum, and writes parameter and momentum: the gradient need not be kept.</summary>
    private const int TouchesOfParameter = 5;

    /// <summary>Four times the 3×3 kernels of ResNet-20 but the first, in the blocks in which a plan projects them: about 10⁶ parameters.</summary>
    private static readonly (int Outer, int Inner)[] s_slices = [(512, 16), (896, 32), (1280, 64)];

    /// <summary>Judges and times them.</summary>
    public void Run()
    {
        bench.Try($"{Name}.project", TimeUpdate);
        if (ModelCatalog.HasConvolutions(bench.Request.Network.Model))
        {
            bench.Try($"{Name}.train", TimeSteps);
        }
    }

    private void TimeUpdate()
    {
        int parameters = s_slices.Sum(static slice => slice.Outer * Taps * slice.Inner), copied = parameters * TouchesOfParameter / 2;
        OpCase[] projections = [.. s_slices.Select(static slice => KitJudge<T>.Read($"isocline.project outer={slice.Outer} taps={Taps} inner={slice.Inner} seed=1"))];
        OpCase step = KitJudge<T>.Read($"sgd.step length={parameters} momentum=0.9 weight-decay=0.0005 seed=1"), copy = KitJudge<T>.Read($"copy batch=1 channels={copied} seed=1");
        double? error = projections.Append(step).Max(op => bench.Judge.ErrorOverBound(op)), errorOfCopy = bench.Judge.ErrorOverBound(copy);
        using BenchOperands<T> operands = new(bench.Backend);
        SgdStep<T> stepOp = (SgdStep<T>)operands.Build(step);
        IsoclineProject<T>[] projectionOps = [.. Blocks(stepOp)];
        Op<T> copyOp = operands.Build(copy);
        double[][] times = bench.Sample($"{Name}.project", bench.Backend.Prepare([.. projectionOps, stepOp]), () => bench.Backend.Run(copyOp));

        double bytes = (double)parameters * TouchesOfParameter * Unsafe.SizeOf<T>();
        Add("project", $"{parameters} parameters", projectionOps[0], times[0], error);
        Add("copy", $"{copied} elements", copyOp, times[1], errorOfCopy);
        bench.Note($"{Name}.project runs at {Ratio(Quartiles.OfRatios(times[1], times[0]))} of the speed of a copy of the same bytes.");

        void Add(string what, string shape, Op<T> op, double[] samples, double? errorOverBound)
        {
            Quartiles seconds = Quartiles.Of(samples);
            bench.Add(
                bench.Result($"{Name}.{what}", shape, bench.Backend.AlgorithmOf(op), 0, seconds, errorOverBound) with { Gbps = bytes / seconds.Median / 1e9 }, 0);
        }
    }

    /// <summary>The projections of the gradients of a step, block after block.</summary>
    private static IEnumerable<IsoclineProject<T>> Blocks(SgdStep<T> step)
    {
        long offset = 0;
        foreach ((int outer, int inner) in s_slices)
        {
            long length = (long)outer * Taps * inner;
            yield return new IsoclineProject<T>(step.G.Slice(offset, length).As(new(outer, Taps, inner)), 1);
            offset += length;
        }
    }

    private void TimeSteps()
    {
        TrainingOptions network = bench.Request.Network with { Method = Method.Msr.Name };
        TrainingOptions with = network with { Lambda = 1 }, without = network with { Lambda = 0 };
        using TrainingBench<T> projected = TrainingBench<T>.Of(bench, with), free = TrainingBench<T>.Of(bench, without);
        StepJudge<T> judge = new(bench.Judge);
        double? error = judge.ErrorOverBound(with, projected.Plan), errorOfFree = judge.ErrorOverBound(without, free.Plan);
        double[][] times = bench.Sample($"{Name}.train", projected.Step, free.Step);
        bench.Add($"{Name}.train.projected", projected, times[0], error);
        bench.Add($"{Name}.train.free", free, times[1], errorOfFree);
        bench.Note($"{Name}.train: a step with the projection takes {Ratio(Quartiles.OfRatios(times[0], times[1]))} of the time of one without.");
    }

    private static string Ratio(Quartiles ratio) => $"{ratio.Median:F3} ({ratio.First:F3} to {ratio.Third:F3})";
}
