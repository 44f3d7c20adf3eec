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
        string model = options.Model.StartsWith("resnet", StringComparison.Ordinal) ? "resnet8" : options.Model.StartsWith("plain", StringComparison.Ordinal) ? "plain8" : "perceptron";
        Shape image = plan.Image;
        return $"plan.step model={model} method={(options.Lambda == 0 ? Method.None.Name : options.Method)} batch={BatchOf(options)} image={image[0]},{image[1]} "
            + $"channels={image[2]} width={options.Width} classes={plan.Classes} momentum=0.9 clip=1 seed=1";
    }

    private static string? Text(Op<T> op) => op is ConvolutionOp<T> conv ? Text(conv, conv.Geometry) : null;

    private static string Text(ConvolutionOp<T> conv, ConvGeometry g) =>
        $"{conv.Name} batch={conv.Samples} in={g.C} image={g.H},{g.W} out={g.K} filter={g.R},{g.S} stride={g.StrideH},{g.StrideW} "
        + $"pad={g.Padding.Top},{g.Padding.Left},{g.Padding.Bottom},{g.Padding.Right} accumulate={(conv.Accumulate ? "yes" : "no")} seed=1";
}
