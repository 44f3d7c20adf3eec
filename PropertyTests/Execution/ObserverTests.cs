using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Reference;
using PropertyTests.Training;

namespace PropertyTests.Execution;

/// <summary>What an executable says of itself: where its time and its memory go.</summary>
public sealed class ObserverTests
{
    private static readonly Network Resnet = ModelCatalog.Create("resnet8", new Shape(8, 8, 2), 3, new ModelOptions { Width = 2 });

    private static readonly Plan<float> Plan = TrainingPlan.Of<float>(Resnet, new UpdateRule { ClipNorm = 1 }, new PlanSettings(4));

    [Fact]
    public void Every_op_of_a_step_is_timed_under_its_name_the_most_expensive_first()
    {
        using ReferenceBackend<float> backend = new();
        TimingObserver<float> observer = new();
        using Interpreter<float> executable = new(backend, Plan, CompileOptions.Default, observer);
        NetworkParameters.Initialize(executable, 1);
        Batch<float> batch = NetworkUnderTest<float>.Images(Resnet, 4, 1);
        executable.Step(batch, new StepScalars(0, 0, 0, 4));
        executable.Step(batch, new StepScalars(1, 0, 0, 4, Begins: true, Updates: false));
        Dictionary<string, int> expected = Plan.Begin.Concat(Plan.Forward).Concat(Plan.Backward).Concat(Plan.Begin).Concat(Plan.Forward)
            .Concat(Plan.Backward).Concat(Plan.Update).CountBy(static op => op.Name).ToDictionary();
        (string Name, int Calls, TimeSpan Time)[] got = [.. observer.ByName];
        Assert.Equal(expected, got.ToDictionary(static entry => entry.Name, static entry => entry.Calls));
        Assert.All(got, static entry => Assert.True(entry.Time > TimeSpan.Zero));
        Assert.Equal(got.OrderByDescending(static entry => entry.Time), got);
        observer.Reset();
        Assert.Empty(observer.ByName);
    }

    [Fact]
    public void The_memory_report_accounts_for_every_byte_that_was_allocated()
    {
        using WatchedBackend backend = new(new ReferenceBackend<float>());
        using Interpreter<float> training = new(backend, Plan, CompileOptions.Default);
        Assert.Equal(backend.Allocated, training.Memory.TotalBytes);
        long parameters = Plan.Parameters.Sum(static p => p.Layout.Exchange.Length) * sizeof(float);
        Assert.All((string[])["Parameter", "Gradient", "OptimizerState"], part => Assert.Contains((part, parameters), training.Memory.Entries));
        Assert.All(training.Memory.Entries, static entry => Assert.True(entry.Bytes > 0));
        long before = backend.Allocated;
        using Interpreter<float> evaluation = new(backend, Plan, CompileOptions.ForEvaluation);
        Assert.Equal(backend.Allocated - before, evaluation.Memory.TotalBytes);
        Assert.DoesNotContain(evaluation.Memory.Entries, static entry => entry.Purpose is "Gradient" or "OptimizerState");
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused()
    {
        Network twins = new("twins", new Shape(4, 4, 1), 3, new Sequence(
            new Convolution(2, 3) { Name = "twin" }, new Convolution(2, 3) { Name = "twin" }, new Linear(3)));
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainingPlan.Of<float>(twins, new UpdateRule(), new PlanSettings(1)));
        Assert.Contains("twin.weight", error.Message, StringComparison.Ordinal);
    }
}
