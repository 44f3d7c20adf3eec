using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

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
