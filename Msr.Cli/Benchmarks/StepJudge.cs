using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>
/// Judges whole steps: every convolution of the plan by its bound, and a step of the shallowest network of the family, as the backend compiles
/// it, by its float64 replay. Depth repeats the same ops, and where rounding decides a rectifier no two backends agree on a deep gradient.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="judge">The kit.</param>
internal sealed class StepJudge<T>(KitJudge<T> judge)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Enough for two micro-batches of the CPU backend.
    private const int MostSamples = 18;

    /// <summary>The samples of the step that is judged.</summary>
    /// <param name="options">The network.</param>
    public static int BatchOf(TrainingOptions options) => Math.Min(MostSamples, options.Batch);

    /// <summary>The largest error of a step, as a multiple of its bound; null where nothing is to be judged.</summary>
    /// <param name="options">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <exception cref="BenchRefusedException">Something is wrong.</exception>
    public double? ErrorOverBound(TrainingOptions options, Plan<T> plan)
    {
        double? step = judge.ErrorOverBound(KitJudge<T>.ReadAny(StepText(options, plan)), "step-near-reference");
        return plan.Forward.Concat(plan.Backward).Select(Text).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(text => judge.ErrorOverBound(judge.Smaller(KitJudge<T>.Read(text))))
            .Append(step).Max();
    }

    /// <summary>
    /// The largest error of a forward pass, as a multiple of its bound; null where nothing is to be judged. A forward pass is judged as the
    /// first half of a step, which it must equal bit for bit.
    /// </summary>
    /// <param name="options">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <exception cref="BenchRefusedException">Something is wrong.</exception>
    public double? ErrorOfForward(TrainingOptions options, Plan<T> plan)
    {
        if (!options.ResolveMethod().Style.Normalizes)
        {
            judge.ErrorOverBound(KitJudge<T>.ReadAny(StepText(options, plan)), "train-is-test");
        }

        return ErrorOverBound(options, plan);
    }

    private static string StepText(TrainingOptions options, Plan<T> plan)
    {
        int model = options.Model.StartsWith("resnet", StringComparison.Ordinal) ? 3 : options.Model.StartsWith("plain", StringComparison.Ordinal) ? 2 : 1;
        int method = options.Lambda == 0 ? 1 : Method.All.ToList().FindIndex(candidate => candidate.Name == options.Method);
        Shape image = plan.Image;
        return $"plan.step m{model}t{method}n{BatchOf(options)}h{image[0]}w{image[1]}c{image[2]}d{options.Width}k{plan.Classes}o90l10#1";
    }

    private static string? Text(Op<T> op) => op switch
    {
        ConvForward<T> conv => Text(conv, conv.Geometry, conv.X.Shape[0], conv.Accumulate),
        ConvBackwardData<T> conv => Text(conv, conv.Geometry, conv.Dy.Shape[0], conv.Accumulate),
        ConvBackwardFilter<T> conv => Text(conv, conv.Geometry, conv.X.Shape[0], conv.Accumulate),
        _ => null,
    };

    private static string Text(Op<T> op, ConvGeometry g, int samples, bool accumulates) =>
        $"{op.Name} n{samples}c{g.C}h{g.H}w{g.W}k{g.K}r{g.R}s{g.S}u{g.StrideH}v{g.StrideW}"
        + $"p{g.Padding.Top}q{g.Padding.Left}b{g.Padding.Bottom}t{g.Padding.Right}a{(accumulates ? 1 : 0)}#1";
}
