using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Plans;

/// <summary>
/// A small network with its update rule, its data and its steps. Everything follows from the descriptor, and every number is exactly
/// representable in float32, so that all backends and precisions train on the same.
/// </summary>
public sealed class PlanCase : TestCase
{
    private const double NoiseStrength = 0.125;
    private readonly RandomStream _stream;

    internal PlanCase(PlanEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        ParameterSet p = descriptor.Parameters;
        _stream = new RandomStream(descriptor.Seed);
        Method = p["t"] < Method.All.Count ? Method.All[p["t"]] : throw new ArgumentException($"There is no method {p["t"]}.");
        Network = MakeNetwork();

        // Building it says whether the geometry is valid.
        BuildPlan<double>();
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The method.</summary>
    public Method Method { get; }

    /// <summary>Optimiser steps.</summary>
    public int Steps => Parameters["s"];

    /// <summary>Batches of one step.</summary>
    public int Accumulate => Parameters["a"];

    /// <summary>Samples of one batch.</summary>
    public int BatchSize => Parameters["n"];

    /// <summary>The seed of the parameters.</summary>
    public ulong Seed => _stream.Split("parameters").Key;

    /// <summary>What happens to gradients.</summary>
    public UpdateRule Rule => new()
    {
        Isocline = Method.Isocline,
        Sgd = Parameters.Flag("u")
            ? new SgdOptions(0, WeightDecay: Parameters["y"] / 10_000.0)
            : new SgdOptions(Parameters["o"] / 100.0, Parameters.Flag("v"), 0, Parameters["y"] / 10_000.0),
        Adam = Parameters.Flag("u") ? new AdamSettings(Parameters["o"] / 100.0) : null,
        ClipNorm = Parameters["l"] / 10.0,
        SlowRateMultiplier = 0.25,
    };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step.</param>
    public double Rate(int step) => Parameters["r"] / 1000.0 / (1 + step);

    /// <summary>The plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    public Plan<T> BuildPlan<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TrainingPlan.Of<T>(Network, Rule, new PlanSettings(BatchSize, _stream.Split("noise").Key, Parameters["j"] / 100.0));

    /// <summary>The scalars of one batch of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="part">Which of its batches.</param>
    /// <param name="noise">Whether noise is on.</param>
    public StepScalars Scalars(int step, int part, bool noise = true) => new(
        step, Rate(step), noise && Parameters.Flag("z") ? NoiseStrength : 0, BatchSize * Accumulate, part == 0, part == Accumulate - 1);

    /// <summary>Fills a batch with the samples of one batch of a step. A sample follows from its number alone, however steps are split.</summary>
    /// <typeparam name="T">The element type of the images.</typeparam>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="part">Which of its batches.</param>
    public void Fill<T>(Batch<T> batch, int step, int part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = BatchSize;
        double common = Descriptor.Values == ValueClass.Common ? 3 : 0;
        for (int i = 0; i < BatchSize; i++)
        {
            int number = (((step * Accumulate) + part) * BatchSize) + i;
            Draws draws = new(_stream.Split("samples").Split((ulong)number));
            foreach (ref T pixel in batch.ImageAt(i))
            {
                pixel = T.CreateChecked((float)(common + draws.Normal()));
            }

            batch.Labels[i] = draws.Between(0, Network.Classes - 1);
            batch.SampleIndices[i] = 100 + (7 * number);
        }
    }

    /// <summary>The same case with another value of a parameter.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="value">The value.</param>
    public PlanCase With(string key, int value) => (PlanCase)Entry.Create(Descriptor with { Parameters = Parameters.With(key, value) });

    /// <summary>Opens the case on a backend, with parameters as they start.</summary>
    /// <param name="subject">The backend.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="NotSupportedException">The backend does not support an op of the plan.</exception>
    internal PlanRun Open(Subject subject, PlanOptions? options = null) => subject.Visit(new Opener(this, options ?? PlanOptions.Compiled));

    private Network MakeNetwork()
    {
        ParameterSet p = Parameters;
        Shape image = new(p["h"], p["w"], p["c"]);
        ConvolutionStyle style = Method.Style with
        {
            Padding = p["p"] <= (int)PaddingMode.Reflect ? (PaddingMode)p["p"] : throw new ArgumentException($"There is no padding mode {p["p"]}."),
            Noise = p["z"] switch
            {
                0 => null,
                <= 3 => (NoiseDistribution)(p["z"] - 1),
                _ => throw new ArgumentException($"There is no noise {p["z"]}."),
            },
        };
        ShortcutKind shortcut = p["e"] <= (int)ShortcutKind.Projection ? (ShortcutKind)p["e"] : throw new ArgumentException($"There is no shortcut {p["e"]}.");
        ModelOptions options = new() { Style = style, Width = p["d"], Shortcut = shortcut };
        return p["m"] switch
        {
            0 => new Network("block", image, p["k"], new Sequence(
                style.Convolution(p["d"], 3, 1, ConvolutionPlace.Block, "conv"), new Relu(), new MeanPool(), new Linear(p["k"]) { Name = "head" })),
            1 => ModelCatalog.Create($"mlp{2 * p["d"]}x{p["d"]}", image, p["k"], options),
            2 => ModelCatalog.Create("plain8", image, p["k"], options),
            3 => ModelCatalog.Create("resnet8", image, p["k"], options),
            _ => throw new ArgumentException($"There is no model {p["m"]}."),
        };
    }

    private sealed class Opener(PlanCase planCase, PlanOptions options) : ISubjectGuest<PlanRun>
    {
        public PlanRun Work<T>(IBackend<T> backend)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => new PlanRun<T>(backend, planCase, options);
    }
}
