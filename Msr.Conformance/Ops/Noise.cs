using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Noise.</summary>
internal sealed class NoiseEntry : RowsEntry
{
    private const ulong KeyStep = 0x9E3779B97F4A7C15UL;

    public static NoiseEntry Instance { get; } = new();

    public override string Kind => NoiseApply<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        .. RowsSchema,
        Parameter.Choice("distribution", "distribution of the noise", "uniform", "gaussian", "shift") with { Default = null },
        new("site", 0, "site"),
        new("key", 1, "number of the key"),
    ];

    public override IReadOnlyList<Law> OwnLaws { get; } = [new NoiseWordsLaw(), new SilentNoiseLaw()];

    public override IReadOnlyList<Fault> Faults => NoiseFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("samples of another batch", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            Shape x = new(2, 3);
            _ = new NoiseApply<double>(
                at.Real("x", x), at.Integer("samples", new Shape(3)), at.Integer("step", new Shape(1)), at.Real("strength", new Shape(1)), at.Real("y", x),
                new NoiseSettings(NoiseDistribution.Uniform, 0, 1));
        }),
    ];

    /// <summary>The settings of a set of parameters.</summary>
    public static NoiseSettings Settings(ParameterSet p) => new((NoiseDistribution)p["distribution"], p["site"], KeyStep * (ulong)p["key"]);

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape shape, NoiseDistribution distribution, int site, int key) => (OpCase)Create(new CaseDescriptor(
        Kind, Set([.. Values(shape), ("distribution", (int)distribution), ("site", site), ("key", key)]), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new NoiseCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set([.. DrawRows(draws), ("distribution", draws.Between(0, 2)), ("site", draws.Between(0, 50)), ("key", draws.Between(1, 1000))]);

    private sealed class NoiseCase : RowsCase
    {
        /// <summary>√(−2·ln 2⁻²⁴), the largest normal number that 24 bits can draw, rounded up.</summary>
        private const double LargestNormal = 5.8;

        private readonly NoiseSettings _settings;

        public NoiseCase(OpEntry entry, CaseDescriptor descriptor)
            : base(entry, descriptor) => _settings = Settings(descriptor.Parameters);

        public override bool IsExactOnIntegers => false;

        public override string? SampleParameter => "batch";

        /// <summary>Multiplicative noise is its own gradient op.</summary>
        public override IReadOnlyList<GradientPair> Gradients =>
            _settings.Distribution == NoiseDistribution.Shift ? [] : [new(this, this, "x", "y", "x", "y")];

        public override IReadOnlyList<(string Operand, string Result)> LinearIn =>
            _settings.Distribution == NoiseDistribution.Shift ? [] : [("x", "y")];

        public override bool IsPerSample(string operand) => operand is not ("step" or "strength");

        public override bool TakesSpecialValues(string operand) => operand == "x";

        public override Op<T> Build<T>(IOperands<T> at) => new NoiseApply<T>(
            at.Real("x", Rows),
            at.Integer("samples", new Shape(Rows[0])),
            at.Integer("step", new Shape(1)),
            at.Real("strength", new Shape(1)),
            at.Real("y", Rows),
            _settings);

        public override double Element(string operand, Draws draws, ValueClass values) =>
            operand == "strength" ? draws.Real(0, 1) : base.Element(operand, draws, values);

        public override int Index(string operand, int index, Draws draws) => draws.Between(0, 60_000);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double strength = truth.Input("strength")[0];
            double z = _settings.Distribution == NoiseDistribution.Gaussian ? LargestNormal : 1;
            double drawing = _settings.Distribution == NoiseDistribution.Gaussian ? (rounding.U + (24 * Rounding.OfTruth.U)) * LargestNormal : 0;
            return Array.ConvertAll(truth.Input("x"), x => _settings.Distribution == NoiseDistribution.Shift
                ? (rounding.Gamma(2) * (Math.Abs(x) + (strength * z))) + rounding.Underflow
                : (Math.Abs(x) * ((rounding.Gamma(3) * (1 + (strength * z))) + (1.01 * strength * drawing))) + rounding.Underflow);
        }
    }
}

/// <summary>
/// On ones at strength 1 uniform and shifting noise give 1 + z = m·2⁻²³ exactly, m the upper 24 bits of the first Philox word of (step, site,
/// sample, channel): the integers themselves are read off. Gaussian noise is compared with 1 + √(−2·ln u₀)·cos 2πu₁ within the bound of the op.
/// </summary>
internal sealed class NoiseWordsLaw : OpLaw
{
    private const double Grid = 1.0 / (1 << 24);

    public override string Name => "noise-words";

    public override string Statement => "The integers behind noise are the Philox4x32-10 words of (step, site, sample, channel) and key.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        NoiseSettings settings = NoiseEntry.Settings(opCase.Parameters);
        double[] x = new double[opCase.Data.Reals["x"].Length];
        x.AsSpan().Fill(1);
        CaseData data = opCase.Draw(ValueClass.Normal).With("x", x).With("strength", [1]);
        double[] got = subject.Run(opCase, data).Outputs.Reals["y"], expected = new double[x.Length], allowed = new double[x.Length];
        double[] bound = new Judge(subject).TotalBound(opCase, "y", new Truth(opCase, data, subject));
        int channels = opCase.Parameters["channels"], perSample = x.Length / opCase.Parameters["batch"];
        for (int i = 0; i < x.Length; i++)
        {
            int sample = data.Integers["samples"][i / perSample];
            (uint a, uint b, _, _) = Philox4x32.Draw((uint)data.Integers["step"][0], (uint)settings.Site, (uint)sample, (uint)(i % channels), settings.Key);
            bool gaussian = settings.Distribution == NoiseDistribution.Gaussian;
            expected[i] = gaussian
                ? 1 + (Math.Sqrt(-2 * Math.Log(((a >> 8) + 1) * Grid)) * Math.Cos(2 * Math.PI * ((b >> 8) * Grid)))
                : (a >> 8) * (2 * Grid);

            // This line's own arithmetic is that of the definition, in another order at most.
            allowed[i] = gaussian ? bound[i] + Rounding.OfTruth.Gamma(60) : 0;
        }

        return new Judge(subject).Compare("y", got, expected, allowed).Outcome;
    }
}

/// <summary>Noise of strength 0 is a copy: −0, denormals and all.</summary>
internal sealed class SilentNoiseLaw : OpLaw
{
    public override string Name => "noise-of-strength-0-is-silent";

    public override string Statement => "Noise of strength 0 changes no bit.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        double[] x = [.. opCase.Data.Reals["x"]];
        x[^1] = -0.0;
        double[] y = subject.Run(opCase, opCase.Data.With("x", x).With("strength", [0])).Outputs.Reals["y"];
        for (int i = 0; i < x.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(y[i]) != BitConverter.DoubleToInt64Bits(subject.Round(x[i])))
            {
                return LawOutcome.Failed($"'y'[{i}] is {y[i]:R} without noise, but x is {x[i]:R}");
            }
        }

        return LawOutcome.Passed;
    }
}

/// <summary>Noise that does not depend on what it should, or on what it should not.</summary>
internal static class NoiseFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "noise-by-position",
            "noise depends on a sample's place in the batch instead of its index in the data set",
            static operand => operand.Name == "samples",
            static (samples, _) => Array.ConvertAll([.. Enumerable.Range(0, samples.Length)], Convert.ToDouble).CopyTo(samples, 0),
            NoiseApply<double>.Kind),
        new ChangedInput(
            "noise-ignores-step",
            "every step draws the same noise",
            static operand => operand.Name == "step",
            static (step, _) => step[0] = 0,
            NoiseApply<double>.Kind),
        new ChangedInput(
            "noise-never-off",
            "a strength of 0 is taken for one that was not set",
            static operand => operand.Name == "strength",
            static (strength, _) => strength[0] = strength[0] == 0 ? 0.1 : strength[0],
            NoiseApply<double>.Kind),
        new OtherSettings("noise-ignores-site", "every place in the network draws the same noise", static settings => settings with { Site = 0 }),
        new OtherSettings("noise-other-key", "only the lower half of the key is used", static settings => settings with { Key = (uint)settings.Key }),
        new OtherSettings(
            "noise-shift-multiplies",
            "additive noise is multiplied",
            static settings => settings with { Distribution = settings.Distribution == NoiseDistribution.Shift ? NoiseDistribution.Uniform : settings.Distribution }),
    ];

    private sealed class OtherSettings(string name, string defect, Func<NoiseSettings, NoiseSettings> change) : Fault(name, defect, NoiseApply<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            NoiseApply<T> op = (NoiseApply<T>)run.Op;
            run.Run(new NoiseApply<T>(op.X, op.Samples, op.Step, op.Strength, op.Y, change(op.Settings)));
        }
    }
}
