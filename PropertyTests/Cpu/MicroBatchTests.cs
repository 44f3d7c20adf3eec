using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using PropertyTests.Conformance;
using PropertyTests.Training;

namespace PropertyTests.Cpu;

/// <summary>Plans that run a few samples at a time: the laws of whole networks hold, and nothing of a sample is lost or met twice.</summary>
public sealed class MicroBatchTests
{
    private const int Samples = 13;
    private static readonly Network s_network = ModelCatalog.Create("resnet8", new Shape(8, 8, 3), 5, new ModelOptions { Width = 16 });
    private static readonly Network s_noisy = s_network with { Body = new Sequence(new Noise(), s_network.Body) };
    private static readonly UpdateRule s_rule = new() { Isocline = IsoclinePolicy.Default, Optimizer = new Sgd(0.9, Nesterov: true, 0, 5e-4) };

    public static TheoryData<string> Kinds { get; } = [.. PlanTable.All.Select(static entry => entry.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_laws_of_whole_networks_hold(string kind)
    {
        foreach (int size in (int[])[1, 2, 3])
        {
            using Subject<float> subject = new(new CpuBackend<float>(3, microBatch: size), threads => new CpuBackend<float>(threads, microBatch: size));
            CaseEntry entry = GeneratedCases.Named(kind);
            GeneratedCases.Check(entry, subject, entry.Laws, 10);
        }
    }

    [Theory]
    [InlineData("msr", true)]
    [InlineData("none", true)]
    [InlineData("bn", false)]
    public void Plans_without_minibatch_statistics_are_split(string method, bool split)
    {
        Method chosen = Method.All.Single(one => one.Name == method);
        Network network = ModelCatalog.Create("resnet8", new Shape(8, 8, 3), 5, new ModelOptions { Width = 4, Style = chosen.Style });
        using CpuBackend<float> backend = new(1);
        using IExecutable<float> executable = backend.Compile(TrainingPlan.Of<float>(network, s_rule, new PlanSettings(Samples)), CompileOptions.Default);
        Assert.Equal(split, executable is not Interpreter<float>);
    }

    [Theory]
    [InlineData(Samples, 1)]
    [InlineData(Samples, 3)]
    [InlineData(4 * Samples, 2)]
    public void A_batch_that_is_one_micro_batch_has_the_bits_of_the_interpreter(int size, int threads)
    {
        using CpuBackend<float> backend = new(threads, microBatch: size);
        using Two two = new(backend);
        foreach (int samples in (int[])[Samples, 1, 7])
        {
            two.Step(samples);
        }

        two.AssertSame(ParameterPart.Value, Sgd.MomentumBuffer, ParameterPart.Gradient);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(6, 9)]
    public void Losses_logits_and_counts_are_those_of_the_interpreter(int size, int threads)
    {
        using CpuBackend<float> backend = new(threads, microBatch: size);
        using Two two = new(backend);
        foreach (int samples in (int[])[Samples, 2, 12, 1, Samples])
        {
            two.Evaluate(samples);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(4, 2)]
    public void Gradients_have_a_part_of_every_sample(int size, int threads)
    {
        // By ones, 45 micro-batches are three in most of 16 partitions. With noise, the index of every sample and of the step tell.
        using CpuBackend<float> backend = new(threads, microBatch: size);
        using Two two = new(backend, s_noisy, 45);
        Batch<float> batch = Two.Batch(45, 45);
        foreach (bool begins in (bool[])[true, false])
        {
            two.Each(executable => executable.Step(batch, new StepScalars(5, 0, 0.3, 45, begins, Updates: false)));
            two.Compare(45);
            two.AssertNear(ParameterPart.Gradient);
        }

        two.Each(executable => executable.Evaluate(batch));
        two.Compare(45);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(Samples)]
    public void An_evaluation_sees_parameters_that_were_written_trained_or_centred_again(int size)
    {
        using CpuBackend<float> backend = new(2, microBatch: size);
        using Two two = new(backend);
        two.Evaluate(Samples);
        two.Write("stage2.block1.body.conv2.weight", 0.125f);
        two.Evaluate(Samples);
        two.Each(static executable => executable.Recentre());
        two.Evaluate(Samples);
        two.Step(3);
        two.Step(1);
        two.Evaluate(Samples);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(null)]
    public void Bits_do_not_depend_on_threads_however_many_partitions_there_are(int? size)
    {
        // 13 samples by ones are 13 partitions, more than 2 threads and fewer than 17: both ways of running partitions are met.
        using CpuBackend<float> one = new(1, microBatch: size), two = new(2, microBatch: size), many = new(17, microBatch: size);
        float[][] results = [.. new[] { one, two, many }.Select(Trained)];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void The_memory_report_is_of_a_few_samples_for_each_worker()
    {
        PlanSettings settings = new(128);
        Plan<float> plan = TrainingPlan.Of<float>(s_network, s_rule, settings);
        using CpuBackend<float> backend = new(2);
        using IExecutable<float> compiled = backend.Compile(plan, CompileOptions.Default), evaluation = backend.Compile(plan, CompileOptions.ForEvaluation);
        using Interpreter<float> interpreted = new(backend, plan, CompileOptions.Default);
        long parameters = plan.Parameters.Sum(static p => p.Layout.Exchange.Length) * sizeof(float);
        Assert.All((string[])["Parameter", "Gradient", "OptimizerState"], part => Assert.Contains((part, parameters), compiled.Memory.Entries));
        Assert.All(compiled.Memory.Entries, static entry => Assert.True(entry.Bytes > 0));
        Assert.True(Activations(compiled) < Activations(interpreted) / 3);
        Assert.DoesNotContain(evaluation.Memory.Entries, static entry => entry.Purpose is "Gradient" or "OptimizerState" || entry.Purpose.StartsWith("Sums", StringComparison.Ordinal));

        static long Activations(IExecutable<float> executable) =>
            executable.Memory.Entries.Single(static entry => entry.Purpose.StartsWith("Activations", StringComparison.Ordinal)).Bytes;
    }

    [Fact]
    public void The_memory_report_has_everything_that_micro_batches_need()
    {
        const int Partitions = 16, Size = 8, Word = sizeof(float);
        Plan<float> plan = TrainingPlan.Of<float>(s_network, s_rule, new PlanSettings(Partitions * Size));
        using CpuBackend<float> one = new(1, microBatch: Size), three = new(3, microBatch: Size);
        using IExecutable<float> alone = one.Compile(plan, CompileOptions.Default), together = three.Compile(plan, CompileOptions.Default);
        long kernels = plan.Parameters.Where(static p => p.Kind == ParameterKind.SpatialKernel).Sum(static p => p.Layout.Exchange.Length) * Word;

        // An image, the logits, the loss, the label and the index of each sample, and the number of correct ones.
        long ports = ((Size * (s_network.Image.Length + s_network.Classes + 3)) + 1) * Word;
        Assert.Equal(ports, Bytes(alone, "Input"));
        Assert.Equal(3 * ports, Bytes(together, "Input"));
        Assert.Equal(3 * Bytes(alone, "Activations"), Bytes(together, "Activations"));
        Assert.Equal(Bytes(alone, "Filters"), Bytes(together, "Filters"));
        Assert.True(Bytes(alone, "Filters") >= kernels);

        // A block of sums for each partition and each worker.
        Assert.True(Bytes(alone, "Sums") >= (Partitions + 1) * kernels);
        Assert.Equal((Partitions + 3) * Bytes(alone, "Sums"), (Partitions + 1) * Bytes(together, "Sums"));

        static long Bytes(IExecutable<float> executable, string purpose) =>
            executable.Memory.Entries.Single(entry => entry.Purpose.StartsWith(purpose, StringComparison.Ordinal)).Bytes;
    }

    [Fact]
    public void A_backend_stays_usable_when_a_pass_was_given_up()
    {
        using CpuBackend<float> backend = new(2, microBatch: 4);
        using Two two = new(backend);
        IExecutable<float> gone = backend.Compile(two.Compiled.Plan, CompileOptions.Default);
        gone.Dispose();
        Action[] passes =
        [
            () => two.Compiled.Step(Two.Batch(3), new StepScalars(1L << 40, 0.1, 0, 3)),
            () => gone.Step(Two.Batch(3), new StepScalars(0, 0.1, 0, 3)),
            () => gone.Evaluate(Two.Batch(3)),
            gone.Recentre,
        ];
        foreach (Action pass in passes)
        {
            Assert.ThrowsAny<Exception>(pass);
            two.Evaluate(3);
        }
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused_and_the_backend_stays_usable()
    {
        using CpuBackend<float> backend = new(1, microBatch: 4);
        using Two two = new(backend);
        Batch<float> large = NetworkUnderTest<float>.Images(s_network, Samples + 1, 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => two.Compiled.Step(large, new StepScalars(0, 0.1, 0, Samples + 1)));
        Assert.Contains("takes up to 13 images", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Compiled.ReadLogits(new float[3]));
        two.Evaluate(Samples);
        using IExecutable<float> evaluation = backend.Compile(two.Compiled.Plan, CompileOptions.ForEvaluation);
        Assert.Throws<InvalidOperationException>(() => evaluation.Step(Two.Batch(3), new StepScalars(0, 0.1, 0, 3)));
        Assert.Throws<InvalidOperationException>(evaluation.Recentre);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuBackend<float>(1, microBatch: 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_warm_step_allocates_nothing(int threads)
    {
        using CpuBackend<float> backend = new(threads, microBatch: 2);
        using Two two = new(backend);
        Batch<float> full = Two.Batch(Samples), part = Two.Batch(5);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 60 && least > 0; attempt++)
        {
            // The process allocates now and then of its own: what a step allocates would show every time.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Train(two.Compiled, full);
            Train(two.Compiled, part);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }

    private static void Train(IExecutable<float> executable, Batch<float> batch)
    {
        executable.Step(batch, new StepScalars(1, 0.01, 0, batch.Count));
        executable.Evaluate(batch);
        executable.Read();
    }

    private static float[] Trained(CpuBackend<float> backend)
    {
        using Two two = new(backend);
        foreach (int samples in (int[])[Samples, 7, Samples])
        {
            two.Compiled.Step(Two.Batch(samples), new StepScalars(samples, 0.1, 0, samples));
        }

        return [.. two.Compiled.Plan.Parameters.SelectMany(parameter => Two.Read(two.Compiled, parameter, ParameterPart.Value))];
    }

    /// <summary>A plan, compiled and interpreted, from the same start.</summary>
    private sealed class Two : IDisposable
    {
        private readonly Interpreter<float> _interpreted;

        public Two(CpuBackend<float> backend, Network? network = null, int batch = Samples)
        {
            Plan<float> plan = TrainingPlan.Of<float>(network ?? s_network, s_rule, new PlanSettings(batch));
            (Compiled, _interpreted) = (backend.Compile(plan, CompileOptions.Default), new Interpreter<float>(backend, plan, CompileOptions.Default));
            Each(static executable => NetworkParameters.Initialize(executable, 5));
        }

        public IExecutable<float> Compiled { get; }

        public static float[] Read(IExecutable<float> executable, PlanParameter<float> parameter, ParameterPart part)
        {
            float[] values = new float[parameter.Layout.Exchange.Length];
            executable.ReadParameter(parameter.Name, part, values);
            return values;
        }

        public static Batch<float> Batch(int samples, int capacity = Samples)
        {
            Batch<float> batch = NetworkUnderTest<float>.Images(s_network, capacity, (ulong)samples);
            batch.Count = samples;
            return batch;
        }

        public void Each(Action<IExecutable<float>> action)
        {
            action(Compiled);
            action(_interpreted);
        }

        public void Step(int samples)
        {
            Batch<float> batch = Batch(samples);
            Each(executable => executable.Step(batch, new StepScalars(samples, 0.05, 0, samples)));
            Compare(samples);
        }

        public void Evaluate(int samples)
        {
            // Sums in another order lead to other parameters: the interpreter starts from those of the compiled plan.
            foreach (PlanParameter<float> parameter in Compiled.Plan.Parameters)
            {
                _interpreted.WriteParameter(parameter.Name, ParameterPart.Value, Read(Compiled, parameter, ParameterPart.Value));
            }

            Batch<float> batch = Batch(samples);
            Each(executable => executable.Evaluate(batch));
            Compare(samples);
        }

        public void Write(string name, float value)
        {
            float[] values = new float[Compiled.Plan.Parameter(name).Layout.Exchange.Length];
            values.AsSpan().Fill(value);
            Each(executable => executable.WriteParameter(name, ParameterPart.Value, values));
        }

        public void AssertSame(params ParameterPart[] parts)
        {
            foreach (PlanParameter<float> parameter in Compiled.Plan.Parameters)
            {
                Assert.All(parts, part => Assert.Equal(Read(_interpreted, parameter, part), Read(Compiled, parameter, part)));
            }
        }

        public void AssertNear(ParameterPart part)
        {
            foreach (PlanParameter<float> parameter in Compiled.Plan.Parameters)
            {
                float[] expected = Read(_interpreted, parameter, part), got = Read(Compiled, parameter, part);
                float allowed = 1e-4f * Math.Max(1e-3f, expected.Max(MathF.Abs));
                Assert.All(expected.Zip(got), pair => Assert.Equal(pair.First, pair.Second, allowed));
            }
        }

        public void Dispose() => Each(static executable => executable.Dispose());

        public void Compare(int samples)
        {
            float[] expected = new float[samples * Compiled.Plan.Classes], got = new float[expected.Length];
            _interpreted.ReadLogits(expected);
            Compiled.ReadLogits(got);
            Assert.Equal(expected, got);
            Assert.Equal(_interpreted.Read(), Compiled.Read());
        }
    }
}
