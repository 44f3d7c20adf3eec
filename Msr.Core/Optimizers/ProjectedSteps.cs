using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Optimizers;

/// <summary>Brings the projection of gradients and the step with them next to each other, so that a backend can make one pass of the two.</summary>
public static class ProjectedSteps
{
    /// <summary>
    /// Cuts every step where a projection of its gradients begins or ends, and moves the projection in front of its piece. A step works element
    /// by element: in pieces it has the same bits.
    /// </summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="ops">The ops in order.</param>
    public static List<Op<T>> Arrange<T>(IReadOnlyList<Op<T>> ops)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(ops);
        List<Op<T>> result = [];
        foreach (Op<T> op in ops)
        {
            if (op is SgdStep<T> step)
            {
                List<IsoclineProject<T>> projections = [.. TrailingProjections(result, step)];

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
    private static IEnumerable<IsoclineProject<T>> TrailingProjections<T>(List<Op<T>> before, SgdStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Operand gradients = Operand.Read("g", step.G);
        List<Op<T>> trailing = [.. before.AsEnumerable().Reverse().TakeWhile(static op => op is IsoclineProject<T> or SgdStep<T>)];
        return trailing.OfType<IsoclineProject<T>>()
            .Where(project => gradients.Covers(project.Operands[0]))
            .Where(project => !trailing.Any(other => !ReferenceEquals(other, project) && other.Operands.Any(operand => operand.Overlaps(project.Operands[0]))))
            .OrderBy(static project => project.X.Offset);
    }

    private static IEnumerable<Op<T>> Pieces<T>(SgdStep<T> step, List<IsoclineProject<T>> projections)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long done = 0;
        foreach (IsoclineProject<T> project in projections)
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

    private static SgdStep<T> Piece<T>(SgdStep<T> step, long start, long length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorRef<T> Cut(TensorRef<T> whole) => new(whole.Memory, whole.Offset + start, new Shape(checked((int)length)));
        return new SgdStep<T>(Cut(step.W), Cut(step.G), Cut(step.V), step.Rate, step.Gain, step.Settings);
    }
}
