using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Optimizers;

/// <summary>
/// Lays a plan's parameters out in flat blocks (values, gradients and moments alike), so that everything which happens to a gradient after
/// the backward pass is one op per group of equal treatment: parameters of one group lie side by side, and kernels of one shape within it.
/// </summary>
internal sealed class ParameterBlocks<T> : IParameterUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly UpdateRule _rule;
    private readonly List<DraftParameter<T>> _order;
    private readonly List<DraftParameter<T>> _trained;
    private readonly Dictionary<DeviceMemory, (DeviceMemory<T> Block, long Offset)> _places = new(ReferenceEqualityComparer.Instance);
    private readonly TensorRef<T> _values;
    private readonly TensorRef<T> _gradients;
    private readonly TensorRef<T> _momentum;
    private readonly TensorRef<T>? _secondMoment;

    public ParameterBlocks(List<DraftParameter<T>> parameters, UpdateRule rule)
    {
        (_order, _rule) = (parameters, rule);
        _trained = [.. parameters.Where(static p => p.Trained)
            .OrderBy(GroupOf).ThenBy(IsProjected).ThenBy(static p => p.Taps).ThenBy(static p => p.Layout.Canonical.Inner)];
        long length = Math.Max(1, _trained.Sum(static p => p.Length));
        ParameterLayout.RequireRoom("All parameters together", length);
        _values = new PlanBuffer<T>("parameters", length, BufferRole.Parameter, batched: false).All();
        _gradients = new PlanBuffer<T>("gradients", length, BufferRole.Gradient, batched: false).All();
        _momentum = new PlanBuffer<T>("momentum", length, BufferRole.Momentum, batched: false).All();
        _secondMoment = rule.Adam is null ? null : new PlanBuffer<T>("second moment", length, BufferRole.Momentum, batched: false).All();
        long offset = 0;
        foreach (DraftParameter<T> parameter in _trained)
        {
            _places.Add(parameter.Value.Memory, (_values.Memory, offset));
            _places.Add(parameter.Gradient.Memory, (_gradients.Memory, offset));
            offset += parameter.Length;
        }
    }

    public double Dampening => _rule.Sgd.Dampening;

    public AdamSettings? Adam => _rule.Adam;

    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        if (!_places.TryGetValue(tensor.Memory, out (DeviceMemory<T> Block, long Offset) place))
        {
            return tensor;
        }

        return ((DeviceMemory<E>)(DeviceMemory)place.Block).View(place.Offset + tensor.Offset, tensor.Shape);
    }

    public ImmutableArray<Op<T>> Begin() => [new Fill<T>(_gradients, T.Zero)];

    /// <summary>
    /// Project, clip, anchor, step, in this order: clipping first would let the common mode eat the clip budget. Adam's direction takes the
    /// place of the gradient after the clip.
    /// </summary>
    public ImmutableArray<Op<T>> Update(PlanPorts<T> ports) =>
        [.. Project(_gradients, _rule.Isocline.Lambda, static _ => true), .. Clip(), .. Direction(ports), .. Anchor(), .. Steps(ports)];

    /// <summary>Only what started on the isocline is held there; any other kernel would jump.</summary>
    public ImmutableArray<Op<T>> Recentre() => _rule.Isocline.HoldsExactly ? [.. Project(_values, 1, StartsCentred)] : [];

    public ImmutableArray<PlanParameter<T>> Parameters() =>
    [
        .. _order.Select(p => new PlanParameter<T>(
            p.Name,
            p.Kind,
            p.Layout,
            p.Initializer,
            Map(p.Value),
            p.Trained ? Map(p.Gradient) : null,
            p.Trained ? _momentum.Memory.View(Offset(p), p.Layout.Canonical) : null,
            p.Trained ? _secondMoment?.Memory.View(Offset(p), p.Layout.Canonical) : null,
            IsProjected(p))),
    ];

    private long Offset(DraftParameter<T> parameter) => _places[parameter.Value.Memory].Offset;

    private UpdateGroup GroupOf(DraftParameter<T> parameter) => _rule.GroupOf(parameter.Kind);

    private bool IsProjected(DraftParameter<T> parameter) => _rule.Isocline.Projects(parameter.Name, parameter.Kind);

    private static bool StartsCentred(DraftParameter<T> parameter) => parameter.Initializer.StartsOnIsocline;

    private IEnumerable<Op<T>> Project(TensorRef<T> block, double lambda, Func<DraftParameter<T>, bool> which)
    {
        foreach (List<DraftParameter<T>> run in Runs(_trained.Where(p => IsProjected(p) && which(p)), static p => (p.Taps, p.Layout.Canonical.Inner)))
        {
            (int taps, int inner) = (run[0].Taps, run[0].Layout.Canonical.Inner);
            int outer = checked((int)(run.Sum(static p => p.Length) / taps / inner));
            yield return new IsoclineProject<T>(block.Memory.View(Offset(run[0]), new Shape(outer, taps, inner)), lambda);
        }
    }

    private IEnumerable<Op<T>> Clip()
    {
        if (_rule.ClipNorm <= 0)
        {
            yield break;
        }

        TensorRef<T> square = new PlanBuffer<T>("clip.norm", 1, BufferRole.Activation, batched: false).All();
        TensorRef<T> factor = new PlanBuffer<T>("clip.factor", 1, BufferRole.Activation, batched: false).All();
        yield return new SquaredNorms<T>(_gradients.As(new Shape(1, checked((int)_gradients.Length))), square);
        yield return new ClipFactor<T>(square, factor, _rule.ClipNorm);
        yield return new Scale<T>(_gradients, factor);
    }

    /// <summary>Scaled element by element, a projected gradient leaves the isocline; so what the step takes is projected again.</summary>
    private IEnumerable<Op<T>> Direction(PlanPorts<T> ports) => _rule.Adam is { } settings && _secondMoment is { } secondMoment
        ?
        [
            new AdamDirection<T>(_gradients, _momentum, secondMoment, ports.Correction, _gradients, settings),
            .. Project(_gradients, _rule.Isocline.Lambda, static _ => true),
        ]
        : [];

    private IEnumerable<Op<T>> Anchor()
    {
        if (_rule.NormAnchor <= 0)
        {
            yield break;
        }

        foreach (DraftParameter<T> parameter in _trained.Where(static p => p.Kind is ParameterKind.SpatialKernel or ParameterKind.LinearWeight))
        {
            int rows = parameter.Layout.Canonical[0];
            Shape shape = new(rows, checked((int)(parameter.Length / rows)));
            yield return new NormAnchor<T>(Map(parameter.Value).As(shape), Map(parameter.Gradient).As(shape), _rule.NormAnchor);
        }
    }

    private IEnumerable<Op<T>> Steps(PlanPorts<T> ports)
    {
        foreach (List<DraftParameter<T>> run in Runs(_trained, GroupOf))
        {
            UpdateGroup group = GroupOf(run[0]);
            SgdSettings settings = new(_rule.Sgd.Momentum, _rule.Sgd.Nesterov, group.WeightDecay, group.RateMultiplier);
            Shape shape = new(checked((int)run.Sum(static p => p.Length)));
            long offset = Offset(run[0]);
            yield return new SgdStep<T>(
                _values.Memory.View(offset, shape),
                _gradients.Memory.View(offset, shape),
                _momentum.Memory.View(offset, shape),
                ports.Rate,
                ports.Gain,
                settings);
        }
    }

    /// <summary>Splits parameters that lie side by side into runs of equal key.</summary>
    private IEnumerable<List<DraftParameter<T>>> Runs<TKey>(IEnumerable<DraftParameter<T>> parameters, Func<DraftParameter<T>, TKey> keyOf)
    {
        List<DraftParameter<T>> run = [];
        foreach (DraftParameter<T> parameter in parameters)
        {
            bool adjoins = run.Count > 0 && Offset(run[^1]) + run[^1].Length == Offset(parameter) && Equals(keyOf(run[0]), keyOf(parameter));
            if (run.Count > 0 && !adjoins)
            {
                yield return run;
                run = [];
            }

            run.Add(parameter);
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }
}
