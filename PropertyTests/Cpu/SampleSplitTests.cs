using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using PropertyTests.Training;

namespace PropertyTests.Cpu;

/// <summary>Where a plan may be cut into samples, shown on lists of ops that no net of the catalogue has.</summary>
public sealed class SampleSplitTests
{
    private const int Samples = 7;

    [Theory]
    [InlineData(TwistedBias.SumIsRead)]
    [InlineData(TwistedBias.CopyOfASumIsRead)]
    [InlineData(TwistedBias.SumIsReplaced)]
    [InlineData(TwistedBias.SumsShareElements)]
    [InlineData(TwistedBias.SumCannotBeAddedTo)]
    public void A_plan_that_needs_all_samples_at_once_is_interpreted(string twist)
    {
        using CpuBackend<double> backend = new(1, microBatch: 2);
        using IExecutable<double> executable = backend.Compile(PlanOf(twist), CompileOptions.Default);
        Assert.IsType<Interpreter<double>>(executable);
    }

    [Theory]
    [InlineData(TwistedBias.Chain, 2)]
    [InlineData(TwistedBias.Chain, Samples)]
    [InlineData(TwistedBias.RoomIsUsedAgain, 2)]
    [InlineData(TwistedBias.RoomIsUsedAgain, Samples)]
    [InlineData(TwistedBias.GradientOfTheValue, 2)]
    [InlineData(TwistedBias.GradientOfTheValue, Samples)]
    [InlineData(TwistedBias.FiltersFollowGradients, 2)]
    [InlineData(TwistedBias.FiltersFollowGradients, Samples)]
    public void Any_other_plan_has_the_results_of_the_interpreter(string twist, int size)
    {
        using CpuBackend<double> backend = new(2, microBatch: size);
        Plan<double> plan = PlanOf(twist);
        using IExecutable<double> compiled = backend.Compile(plan, CompileOptions.Default);
        using Interpreter<double> interpreted = new(backend, plan, CompileOptions.Default);
        Assert.IsNotType<Interpreter<double>>(compiled);
        IExecutable<double>[] both = [compiled, interpreted];
        Array.ForEach(both, static executable => NetworkParameters.Initialize(executable, 3));

        // Gradients of several batches add up before parameters change: what is computed again for each of them shows.
        (bool Begins, bool Updates)[] steps = [(true, false), (false, false), (false, true), (true, false), (true, false), (true, true), (true, true)];
        for (int step = 0; step < steps.Length; step++)
        {
            Batch<double> batch = NetworkUnderTest<double>.Images(NetworkOf(twist), Samples, (ulong)step);
            StepScalars scalars = new(step, 0.1, 0, Samples, steps[step].Begins, steps[step].Updates);
            Array.ForEach(both, executable => executable.Step(batch, scalars));
            AssertNear(plan, interpreted, compiled);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(Samples)]
    public void An_evaluation_between_two_batches_sees_what_the_first_one_left(int size)
    {
        using CpuBackend<double> backend = new(2, microBatch: size);
        Plan<double> plan = PlanOf(TwistedBias.FiltersFollowGradients);
        using IExecutable<double> compiled = backend.Compile(plan, CompileOptions.Default);
        using Interpreter<double> interpreted = new(backend, plan, CompileOptions.Default);
        IExecutable<double>[] both = [compiled, interpreted];
        Array.ForEach(both, static executable => NetworkParameters.Initialize(executable, 3));
        for (int step = 0; step < 3; step++)
        {
            Batch<double> batch = NetworkUnderTest<double>.Images(NetworkOf(TwistedBias.FiltersFollowGradients), Samples, (ulong)step);
            StepScalars scalars = new(step, 0.1, 0, Samples, Begins: step == 0, Updates: false);
            Array.ForEach(both, executable => executable.Step(batch, scalars));
            Array.ForEach(both, executable => executable.Evaluate(batch));
            AssertNear(plan, interpreted, compiled);
        }
    }

    [Fact]
    public void A_batch_normalised_net_is_split_for_evaluation_alone()
    {
        Network network = ModelCatalog.Create("resnet8", new Shape(8, 8, 3), 5, new ModelOptions { Width = 4, Style = Method.BatchNorm.Style });
        Plan<double> plan = TrainingPlan.Of<double>(network, new UpdateRule(), new PlanSettings(Samples));
        using CpuBackend<double> backend = new(2, microBatch: 3);
        using IExecutable<double> compiled = backend.Compile(plan, CompileOptions.ForEvaluation);
        using Interpreter<double> interpreted = new(backend, plan, CompileOptions.ForEvaluation);
        Assert.IsNotType<Interpreter<double>>(compiled);
        Batch<double> batch = NetworkUnderTest<double>.Images(network, Samples, 1);
        foreach (IExecutable<double> executable in (IExecutable<double>[])[compiled, interpreted])
        {
            NetworkParameters.Initialize(executable, 3);
            executable.Evaluate(batch);
        }

        AssertNear(Logits(plan, interpreted), Logits(plan, compiled));
        Assert.Equal(interpreted.Read().Correct, compiled.Read().Correct);
    }

    private static Network NetworkOf(string twist) =>
        new("twisted", new Shape(4, 4, 3), 5, new Sequence(new Convolution(4, 3), new TwistedBias(twist), new MeanPool(), new Linear(5)));

    private static Plan<double> PlanOf(string twist) =>
        TrainingPlan.Of<double>(NetworkOf(twist), new UpdateRule { Isocline = IsoclinePolicy.Off }, new PlanSettings(Samples));

    private static void AssertNear(Plan<double> plan, IExecutable<double> expected, IExecutable<double> got)
    {
        AssertNear(Logits(plan, expected), Logits(plan, got));
        foreach (PlanParameter<double> parameter in plan.Parameters)
        {
            AssertNear(Read(expected, parameter, ParameterPart.Gradient), Read(got, parameter, ParameterPart.Gradient));
            AssertNear(Read(expected, parameter, ParameterPart.Value), Read(got, parameter, ParameterPart.Value));
        }
    }

    private static void AssertNear(double[] expected, double[] got) =>
        Assert.All(expected.Zip(got), static pair => Assert.Equal(pair.First, pair.Second, 1e-12 * Math.Max(1, Math.Abs(pair.First))));

    private static double[] Logits(Plan<double> plan, IExecutable<double> executable)
    {
        double[] logits = new double[Samples * plan.Classes];
        executable.ReadLogits(logits);
        return logits;
    }

    private static double[] Read(IExecutable<double> executable, PlanParameter<double> parameter, ParameterPart part)
    {
        double[] values = new double[parameter.Layout.Exchange.Length];
        executable.ReadParameter(parameter.Name, part, values);
        return values;
    }
}
