using Msr.Conformance.Bounds;
using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Conformance.Laws;

/// <summary>
/// Where the method starts. A kernel is drawn, centred and scaled in float64 and rounded last, so |slice mean| ≤ u·avg|w| and | ‖filter‖ − magnitude | ≤
/// u·magnitude; what float64 itself errs by is added: docs/error-bounds.md, "Initialisation".
/// </summary>
internal sealed class InitializationLaw : PlanLaw
{
    public override string Name => "initialisation";

    public override string Statement => "Kernels start with slices of zero mean and filters of the declared norm, to within one rounding.";

    public override LawStrength Strength => LawStrength.Theorem;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        using PlanRun run = planCase.Open(subject);
        RandomStream stream = new RandomStream(planCase.Seed).Split("initialize");
        Judge judge = new(subject);
        foreach (PlanParameter<double> parameter in planCase.BuildPlan<double>().Parameters)
        {
            if (parameter.Initializer is KernelInitializer initializer)
            {
                Check(parameter, initializer, run.Read(parameter.Name, ParameterPart.Value), stream.Split(parameter.Name), judge);
            }
        }

        return judge.Compared == 0 ? LawOutcome.Skipped("no kernel starts by the method's rule") : judge.Outcome;
    }

    private static void Check(PlanParameter<double> parameter, KernelInitializer initializer, double[] kernel, RandomStream stream, Judge judge)
    {
        int length = kernel.Length / parameter.Layout.Exchange[0], taps = parameter.Layout.Exchange[2] * parameter.Layout.Exchange[3];
        int run = initializer.Centring switch { Centring.Slice => taps, Centring.AcrossInputs => length, _ => 1 };
        for (int first = 0; first < kernel.Length; first += length)
        {
            double[] filter = kernel[first..(first + length)];
            double[] drawn = [.. Enumerable.Range(first, length).Select(i => (2 * stream.Uniform((ulong)i)) - 1)];
            double[] centred = [.. drawn.Chunk(run).SelectMany(slice => run > 1 ? slice.Select(x => x - slice.Average()) : slice)];
            double factor = initializer.Magnitude / Math.Sqrt(centred.Sum(static x => x * x));
            double norm = Math.Sqrt(filter.Sum(static w => w * w)), u = judge.Rounding.U;
            double allowed = initializer.Magnitude * ((1.001 * u) + (2 * Rounding.OfTruth.Gamma(length + 5)));
            judge.Compare($"norm of a filter of '{parameter.Name}'", [norm], [initializer.Magnitude], [allowed]);
            for (int start = 0; start < length && run > 1; start += run)
            {
                double size = filter.AsSpan(start, run).ToArray().Average(Math.Abs), before = drawn.AsSpan(start, run).ToArray().Average(Math.Abs);
                double inDouble = Rounding.OfTruth.Gamma(run + 3) * ((2 * factor * before) + size);
                judge.Compare($"mean of a slice of '{parameter.Name}'", [filter.AsSpan(start, run).ToArray().Average()], [0], [(1.001 * u * size) + inDouble]);
            }
        }
    }
}
