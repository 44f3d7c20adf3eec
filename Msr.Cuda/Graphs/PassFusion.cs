using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;
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
        List<Op<float>> list = PutProjectionsBeforeTheirSteps([.. ops]);
        List<Pass> passes = [];
        for (int i = 0; i < list.Count; i++)
        {
            bool together = i + 1 < list.Count && KernelOps.RunsTogether(list[i], list[i + 1]);
            passes.Add(new Pass(list[i], together ? list[i + 1] : null));
            i += together ? 1 : 0;
        }

        return passes;
    }

    /// <summary>
    /// Cuts every step where a projection of its gradients begins or ends, and moves the projection in front of its piece. A step works element
    /// by element: in pieces it has the same bits.
    /// </summary>
    private static List<Op<float>> PutProjectionsBeforeTheirSteps(List<Op<float>> ops)
    {
        List<Op<float>> result = [];
        foreach (Op<float> op in ops)
        {
            if (op is SgdStep<float> step)
            {
                List<IsoclineProject<float>> projections = [.. TrailingProjections(result, step)];

                // By reference: the projection of Adam's gradient equals that of its direction, and stays where it is.
                result.RemoveAll(earlier => projections.Exists(project => ReferenceEquals(project, earlier)));
                result.AddRange(Pieces(step, projections));
            }
            else
            {
                result.Add(op);
            }
        }

        return result;
    }

    /// <summary>The projections of the step's gradients, in the order of memory, that can wait for the step: what stands between leaves those gradients alone.</summary>
    private static IEnumerable<IsoclineProject<float>> TrailingProjections(List<Op<float>> before, SgdStep<float> step)
    {
        Operand gradients = Operand.Read("g", step.G);
        List<Op<float>> trailing = [.. before.AsEnumerable().Reverse().TakeWhile(static op => op is IsoclineProject<float> or SgdStep<float>)];
        return trailing.OfType<IsoclineProject<float>>()
            .Where(project => gradients.Covers(project.Operands[0]))
            .Where(project => !trailing.Any(other => !ReferenceEquals(other, project) && other.Operands.Any(operand => operand.Overlaps(project.Operands[0]))))
            .OrderBy(static project => project.X.Offset);
    }

    private static IEnumerable<Op<float>> Pieces(SgdStep<float> step, List<IsoclineProject<float>> projections)
    {
        long done = 0;
        foreach (IsoclineProject<float> project in projections)
        {
            long start = project.X.Offset - step.G.Offset;
            if (start > done)
            {
                yield return Piece(step, done, start - done);
            }

            yield return project;
            yield return Piece(step, start, project.X.Length);
            done = start + project.X.Length;
        }

        if (done < step.G.Length)
        {
            yield return Piece(step, done, step.G.Length - done);
        }
    }

    private static SgdStep<float> Piece(SgdStep<float> step, long start, long length)
    {
        TensorRef<float> Cut(TensorRef<float> whole) => new(whole.Memory, whole.Offset + start, new Shape(checked((int)length)));
        return new SgdStep<float>(Cut(step.W), Cut(step.G), Cut(step.V), step.Rate, step.Gain, step.Settings);
    }
}
