using Msr.Core.Ops;
using Msr.Core.Optimizers;

namespace Msr.Cuda;

/// <summary>What one launch of a graph does: an op, or two in one pass over memory.</summary>
/// <param name="Op">The op, or the first of two.</param>
/// <param name="Then">The second; null where the op runs alone.</param>
internal readonly record struct Pass(Op<float> Op, Op<float>? Then = null);

/// <summary>
/// Turns a list of ops into passes over memory: a bias or a sum and the rectifier that overwrites it become one, a rectifier's gradient with
/// the copy of it that a shortcut takes or with the bias gradient that sums it, and the projection of gradients with the step. The bits are those of the list.
/// </summary>
internal static class PassFusion
{
    /// <summary>Fuses a list.</summary>
    /// <param name="ops">The ops in order, on the memory of a plan.</param>
    /// <param name="runsTogether">Whether one pass can run two ops, one after the other.</param>
    public static List<Pass> Fuse(IReadOnlyList<Op<float>> ops, Func<Op<float>, Op<float>, bool> runsTogether)
    {
        List<Op<float>> list = ProjectedSteps.Arrange(ops);
        List<Pass> passes = [];
        for (int i = 0; i < list.Count; i++)
        {
            bool together = i + 1 < list.Count && runsTogether(list[i], list[i + 1]);
            passes.Add(new Pass(list[i], together ? list[i + 1] : null));
            i += together ? 1 : 0;
        }

        return passes;
    }
}
