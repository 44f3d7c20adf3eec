using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>The ops of an <see cref="UpdateRule"/> on the parameters of a plan, in the rule's order.</summary>
internal sealed class ParameterUpdate<T>(List<DraftParameter<T>> parameters, UpdateRule rule) : IParameterUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterBlocks<T> _blocks = new(parameters, rule);

    public ImmutableArray<ParameterPart> State => rule.Optimizer.State;

    private TensorRef<T> Gradients => _blocks.Block(ParameterPart.Gradient);

    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged => _blocks.Map(tensor);

    public ImmutableArray<Op<T>> Begin() => [new Fill<T>(Gradients, T.Zero)];

    public ImmutableArray<Op<T>> Update(PlanPorts<T> ports)
    {
        Op<T>[] direction = [.. rule.Optimizer.Direct(_blocks, ports)];

        // A direction need not lie where the gradient did: what the step takes is projected again.
        IEnumerable<Op<T>> projection = direction.Length > 0 ? ProjectGradients() : [];
        return [.. ProjectGradients(), .. Clip(), .. direction, .. projection, .. Anchor(), .. rule.Optimizer.Step(_blocks, ports)];
    }

    /// <summary>Only what started on the isocline is held there; any other kernel would jump.</summary>
    public ImmutableArray<Op<T>> Recentre() =>
        rule.Isocline.HoldsExactly ? [.. Project(ParameterPart.Value, 1, static parameter => parameter.Initializer.StartsOnIsocline)] : [];

    public ImmutableArray<PlanParameter<T>> Parameters() => [.. parameters.Select(_blocks.Describe)];

    private IEnumerable<Op<T>> ProjectGradients() => Project(ParameterPart.Gradient, rule.Isocline.Lambda, static _ => true);

    private IEnumerable<Op<T>> Project(ParameterPart part, double lambda, Func<DraftParameter<T>, bool> which)
    {
        IEnumerable<DraftParameter<T>> kernels = _blocks.Trained.Where(parameter => _blocks.IsProjected(parameter) && which(parameter));
        foreach (ParameterRun<T> run in _blocks.Runs(kernels, static parameter => (parameter.Taps, parameter.Layout.Canonical.Inner)))
        {
            (int taps, int inner) = (run.Parameters[0].Taps, run.Parameters[0].Layout.Canonical.Inner);
            yield return new IsoclineProject<T>(run.Tensor(part).As(new Shape(run.Length / taps / inner, taps, inner)), lambda);
        }
    }

    private IEnumerable<Op<T>> Clip()
    {
        if (rule.ClipNorm <= 0)
        {
            yield break;
        }

        TensorRef<T> square = new PlanBuffer<T>("clip.norm", 1, BufferRole.Activation, batched: false).All();
        TensorRef<T> factor = new PlanBuffer<T>("clip.factor", 1, BufferRole.Activation, batched: false).All();
        yield return new SquaredNorms<T>(Gradients.As(new Shape(1, checked((int)Gradients.Length))), square);
        yield return new ClipFactor<T>(square, factor, rule.ClipNorm);
        yield return new Scale<T>(Gradients, factor);
    }

    private IEnumerable<Op<T>> Anchor()
    {
        if (rule.NormAnchor <= 0)
        {
            yield break;
        }

        IEnumerable<DraftParameter<T>> anchored = _blocks.Trained.Where(static p => p.Kind is ParameterKind.SpatialKernel or ParameterKind.LinearWeight);
        foreach (ParameterRun<T> run in _blocks.Runs(anchored, RowLength))
        {
            int length = RowLength(run.Parameters[0]);
            Shape rows = new(run.Length / length, length);
            yield return new NormAnchor<T>(run.Tensor(ParameterPart.Value).As(rows), run.Tensor(ParameterPart.Gradient).As(rows), rule.NormAnchor);
        }
    }

    private static int RowLength(DraftParameter<T> parameter) => checked((int)(parameter.Length / parameter.Layout.Canonical[0]));
}
