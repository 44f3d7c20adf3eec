using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Cuda.Kernels;

namespace Msr.Cuda.Graphs;

/// <summary>
/// Turns a list of ops into passes over memory: a bias or a sum and the rectifier that overwrites it become one, a rectifier's gradient with
/// the copy of it that a shortcut takes or with the bias gradient that sums it, and the projection of gradients with the step. The bits are those of the list.
/// </summary>
internal static class PassFusion
{
    /// <summary>Fuses a list.</summary>
    /// <param name="ops">The ops in order, on the memory of a plan.</param>
    public static List<Pass> Fuse(IReadOnlyList<Op<float>> ops)
    {
        List<Op<float>> list = ProjectedSteps.Arrange(ops);
        List<Pass> passes = [];
        for (int i = 0; i < list.Count; i++)
        {
            bool together = i + 1 < list.Count && KernelOps.RunsTogether(list[i], list[i + 1]);
            passes.Add(new Pass(list[i], together ? list[i + 1] : null));
            i += together ? 1 : 0;
        }

        return passes;
    }
}
