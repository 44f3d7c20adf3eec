using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Conformance.Laws;

/// <summary>
/// The kernels of a real network stay on the isocline: an interpreted run is watched and the running bound carried from the gradients before and
/// after their projection. A compiled run of the same steps may leave twice that bound: its gradients, kernels and momenta are within a factor
/// of two of the interpreted ones, or other laws fail.
/// </summary>
internal sealed class PlanIsoclineLaw : PlanLaw
{
    public override string Name => "plan-isocline";

    public override string Statement => "The slice means of all projected kernels of a network stay within the running bound.";

    public override LawStrength Strength => LawStrength.Theorem;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        Projections seen = new();
        using PlanRun watched = planCase.Open(subject, new PlanOptions(Interpreted: true, seen)), compiled = planCase.Open(subject);
        ProjectedKernel[] kernels = [.. watched.Kernels];
        if (kernels.Length == 0)
        {
            return LawOutcome.Skipped("no kernel is kept on the isocline");
        }

        SgdSettings settings = new(planCase.Rule.Sgd.Momentum, planCase.Rule.Sgd.Nesterov, planCase.Rule.Sgd.WeightDecay);
        IsoclineDrift[] drifts = [.. kernels.Select(kernel => new IsoclineDrift(
            watched.Read(kernel.Name, ParameterPart.Value), kernel.Taps, subject.Info.Accuracy.UnitRoundoff, settings))];
        double worst = 0;
        for (int step = 0; step < planCase.Steps; step++)
        {
            seen.Clear();
            (double[] W, double[] V)[] before = [.. kernels.Select(kernel => Tensors(watched, kernel))];
            watched.Step(step);
            compiled.Step(step);
            for (int i = 0; i < kernels.Length; i++)
            {
                (double[] w, double[] v) = Tensors(watched, kernels[i]);
                if (seen.Of(kernels[i], w.Length) is not { } gradient)
                {
                    return LawOutcome.Failed($"step {step} did not project the gradient of '{kernels[i].Name}'");
                }

                double rate = subject.Round(planCase.Rate(step));
                double ratio = drifts[i].Advance(rate, new KernelStep(gradient.Before, gradient.After, before[i].W, before[i].V, w, v));
                ratio = Math.Max(ratio, drifts[i].Ratio(compiled.Read(kernels[i].Name, ParameterPart.Value)) / 2);
                if (!(ratio <= 1))
                {
                    return LawOutcome.Failed($"step {step}: |slice mean| of '{kernels[i].Name}' is {ratio:G4} of its bound");
                }

                worst = Math.Max(worst, ratio);
            }
        }

        return LawOutcome.Holds(worst);
    }

    private static (double[] Kernel, double[] Momentum) Tensors(PlanRun run, ProjectedKernel kernel) =>
        (run.Read(kernel.Name, ParameterPart.Value), run.Read(kernel.Name, ParameterPart.Momentum));
}
