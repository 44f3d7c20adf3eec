using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>
/// What layers write a plan with. A layer emits its forward ops at once and leaves a closure that emits its backward ops; the closures run in
/// reverse order. Every activation is a buffer of its own here: packing them is the executor's affair.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class PlanBuilder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PlanSettings _settings;
    private readonly List<Op<T>> _forward = [];
    private readonly List<Op<T>> _evaluationForward = [];
    private readonly List<Op<T>> _backward = [];
    private readonly List<Action> _backwardEmitters = [];
    private readonly List<(string Layer, ProbePlace Place, int Index)> _probes = [];
    private readonly List<DraftParameter<T>> _parameters = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<DeviceMemory, GradientSlot<T>> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly NameScope _scope = new();
    private readonly PlanPorts<T> _ports;
    private int _noiseSites;

    private PlanBuilder(Shape image, ImmutableArray<PlanScalar> scalars, PlanSettings settings)
    {
        _settings = settings;
        _ports = new PlanPorts<T>(settings.BatchSize, image, scalars);
    }

    /// <summary>The largest number of samples of a step.</summary>
    public int BatchSize => _settings.BatchSize;

    /// <summary>Builds the plan of a network.</summary>
    /// <param name="image">The shape of an image, [H, W, C].</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="body">Writes the network's layers: from images [N, H, W, C] to logits [N, classes].</param>
    /// <param name="scalars">The numbers that the update needs anew in every step.</param>
    /// <param name="update">Lays the parameters out and says what happens to their gradients.</param>
    /// <param name="settings">Batch size, key of the noise, label smoothing.</param>
    /// <exception cref="ShapeMismatchException">A layer does not fit its input; the message names both.</exception>
    internal static Plan<T> Build(
        Shape image,
        int classes,
        Func<PlanBuilder<T>, TensorRef<T>, TensorRef<T>> body,
        ImmutableArray<PlanScalar> scalars,
        Func<List<DraftParameter<T>>, IParameterUpdate<T>> update,
        PlanSettings settings)
    {
        PlanBuilder<T> builder = new(image, scalars, settings);
        builder.EmitLoss(classes, body(builder, builder._ports.Images));
        for (int i = builder._backwardEmitters.Count - 1; i >= 0; i--)
        {
            builder._backwardEmitters[i]();
        }

        return builder.Assemble(classes, update(builder._parameters));
    }

    /// <summary>Enters a scope of names until disposed: parameters below are called <c>path.name</c>.</summary>
    /// <param name="name">The name of the scope.</param>
    public NameScope.Entry Scope(string name) => _scope.Enter(name);

    /// <summary>The name of the next layer of a kind within this scope: <c>conv1</c>, <c>conv2</c>, …</summary>
    /// <param name="kind">The kind.</param>
    public string NextName(string kind) => _scope.NextName(kind);

    /// <summary>A new activation; its outermost extent is the batch.</summary>
    /// <param name="shape">Its shape at the full batch size.</param>
    public TensorRef<T> Activation(Shape shape) => NewActivation<T>(shape, batched: true);

    /// <summary>A new activation of integers; its outermost extent is the batch.</summary>
    /// <param name="shape">Its shape at the full batch size.</param>
    public TensorRef<int> IntegerActivation(Shape shape) => NewActivation<int>(shape, batched: true);

    /// <summary>A new tensor that lives within a step but has no batch axis, such as effective filters.</summary>
    /// <param name="shape">Its shape.</param>
    public TensorRef<T> Workspace(Shape shape) => NewActivation<T>(shape, batched: false);

    /// <summary>A parameter of the layer whose scope this is.</summary>
    /// <param name="name">Its own name, such as <c>weight</c>.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="layout">Its shape and order.</param>
    /// <param name="initializer">How it starts.</param>
    /// <exception cref="ArgumentException">The network has a parameter of that path already: two layers of one scope have one name.</exception>
    public ParameterTensors<T> Parameter(string name, ParameterKind kind, ParameterLayout layout, Initializer initializer)
    {
        DraftParameter<T> draft = new(_scope.PathOf(name), kind, layout, initializer);
        if (!_paths.Add(draft.Name))
        {
            throw new ArgumentException($"Two parameters are called '{draft.Name}'; give the two layers different names.", nameof(name));
        }

        _parameters.Add(draft);
        return new ParameterTensors<T>(draft.Value, draft.Gradient);
    }

    /// <summary>Emits a forward op of training and evaluation alike.</summary>
    /// <param name="op">The op.</param>
    /// <param name="probe">Where its result lies, if observers should see it.</param>
    public void Forward(Op<T> op, ProbePlace? probe = null)
    {
        _forward.Add(op);
        ForwardInEvaluation(op, probe);
    }

    /// <summary>Emits a forward op of training alone: the mark of a layer with minibatch statistics.</summary>
    /// <param name="op">The op.</param>
    public void ForwardInTraining(Op<T> op) => _forward.Add(op);

    /// <summary>Emits a forward op of evaluation alone: the mark of a layer with minibatch statistics.</summary>
    /// <param name="op">The op.</param>
    /// <param name="probe">Where its result lies, if observers should see it.</param>
    public void ForwardInEvaluation(Op<T> op, ProbePlace? probe = null)
    {
        _evaluationForward.Add(op);
        if (probe is { } place)
        {
            _probes.Add((_scope.Path, place, _evaluationForward.Count - 1));
        }
    }

    /// <summary>Leaves a closure that emits backward ops with <see cref="Emit"/>.</summary>
    /// <param name="emit">The closure.</param>
    public void Backward(Action emit) => _backwardEmitters.Add(emit);

    /// <summary>Emits a backward op.</summary>
    /// <param name="op">The op.</param>
    public void Emit(Op<T> op) => _backward.Add(op);

    /// <summary>Whether the gradient of an activation is wanted: not for the images themselves.</summary>
    /// <param name="activation">The activation.</param>
    public bool NeedsGradient(TensorRef<T> activation) => activation.Memory != _ports.Images.Memory;

    /// <summary>The finished gradient of an activation, for the backward ops of the layer that made it.</summary>
    /// <param name="activation">The activation.</param>
    /// <exception cref="InvalidOperationException">Nothing used the activation.</exception>
    public TensorRef<T> GradientOf(TensorRef<T> activation) => _gradients.TryGetValue(activation.Memory, out GradientSlot<T>? slot)
        ? slot.Tensor.As(activation.Shape)
        : throw new InvalidOperationException($"Nothing in the network uses the output {activation.Shape} of '{activation.Memory}'.");

    /// <summary>Adds to the gradient of an activation: the first contribution is written, later ones accumulate.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="emit">Makes the op for a destination and its accumulate flag.</param>
    public void Contribute(TensorRef<T> activation, Func<TensorRef<T>, bool, Op<T>> emit)
    {
        ArgumentNullException.ThrowIfNull(emit);
        if (_gradients.TryGetValue(activation.Memory, out GradientSlot<T>? slot))
        {
            Emit(emit(slot.ForAccumulation().As(activation.Shape), true));
            return;
        }

        TensorRef<T> gradient = Activation(activation.Shape);
        _gradients.Add(activation.Memory, new GradientSlot<T>(gradient, Shared: false));
        Emit(emit(gradient, false));
    }

    /// <summary>As <see cref="Contribute"/>, for an op that can only write: a later contribution goes through a buffer of its own.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="emit">Makes the op for a destination.</param>
    public void ContributeWritten(TensorRef<T> activation, Func<TensorRef<T>, Op<T>> emit)
    {
        ArgumentNullException.ThrowIfNull(emit);
        Contribute(activation, (destination, accumulate) =>
        {
            if (!accumulate)
            {
                return emit(destination);
            }

            TensorRef<T> own = Activation(activation.Shape);
            Emit(emit(own));
            return new Copy<T>(own, destination, Accumulate: true);
        });
    }

    /// <summary>Lets an activation that one layer alone uses have the very gradient of that layer's output: no copy is made.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="output">The output whose gradient it shares.</param>
    public void ShareGradient(TensorRef<T> activation, TensorRef<T> output) =>
        _gradients.Add(activation.Memory, new GradientSlot<T>(GradientOf(output).As(activation.Shape), Shared: true));

    /// <summary>Emits noise on an activation; see <see cref="NoiseApply{T}"/>.</summary>
    /// <param name="x">The activation.</param>
    /// <param name="distribution">How the noise is drawn.</param>
    /// <returns>The noisy activation.</returns>
    public TensorRef<T> Noise(TensorRef<T> x, NoiseDistribution distribution)
    {
        NoiseSettings settings = new(distribution, _noiseSites++, _settings.NoiseKey);
        NoiseApply<T> Apply(TensorRef<T> from, TensorRef<T> to) =>
            new(from, _ports.Samples, _ports.StepIndex, _ports.NoiseStrength, to, settings);

        TensorRef<T> y = Activation(x.Shape);
        Forward(Apply(x, y));
        if (NeedsGradient(x))
        {
            Backward(() =>
            {
                TensorRef<T> dy = GradientOf(y);
                if (distribution == NoiseDistribution.Shift)
                {
                    Contribute(x, (dx, accumulate) => new Copy<T>(dy, dx, accumulate));
                }
                else
                {
                    ContributeWritten(x, dx => Apply(dy, dx));
                }
            });
        }

        return y;
    }

    private TensorRef<E> NewActivation<E>(Shape shape, bool batched)
        where E : unmanaged
    {
        string name = _scope.Path.Length == 0 ? "network" : _scope.Path;
        return new PlanBuffer<E>(name, shape.Length, BufferRole.Activation, batched).View(0, shape);
    }

    private void EmitLoss(int classes, TensorRef<T> logits)
    {
        Require.Shape("network", logits, new Shape(BatchSize, classes));
        _ports.Logits = new PlanBuffer<T>("logits", logits.Length, BufferRole.Output, batched: true).View(0, logits.Shape);
        Forward(new Copy<T>(logits, _ports.Logits));
        Forward(new LossForward<T>(_ports.Logits, _ports.Labels, _ports.Loss, _settings.LabelSmoothing));
        Forward(new CountCorrect<T>(_ports.Logits, _ports.Labels, _ports.Correct));
        Backward(() => ContributeWritten(
            logits, dlogits => new LossBackward<T>(_ports.Logits, _ports.Labels, _ports.LossScale, dlogits, _settings.LabelSmoothing)));
    }

    private Plan<T> Assemble(int classes, IParameterUpdate<T> blocks)
    {
        ElementwiseInPlace<T> inPlace = new(_forward, _evaluationForward, _backward);
        Op<T> Placed(Op<T> op) => op.Rebind(inPlace).Rebind(blocks);
        // One bound op for an op of both lists, so that a probe is found in either.
        Dictionary<Op<T>, Op<T>> bound = new(ReferenceEqualityComparer.Instance);
        foreach (Op<T> op in _forward.Concat(_evaluationForward))
        {
            bound.TryAdd(op, Placed(op));
        }

        ImmutableArray<Op<T>> evaluationForward = [.. _evaluationForward.Select(op => bound[op])];
        bool oneGraph = _forward.SequenceEqual(_evaluationForward, ReferenceEqualityComparer.Instance);
        return new Plan<T>(_ports, classes)
        {
            Begin = blocks.Begin(),
            EvaluationForward = evaluationForward,
            Forward = oneGraph ? evaluationForward : [.. _forward.Select(op => bound[op])],
            Backward = [.. _backward.Select(Placed)],
            Update = blocks.Update(_ports),
            Recentre = blocks.Recentre(),
            Parameters = blocks.Parameters(),
            State = blocks.State,
            Probes = [.. _probes.Select(probe => new Probe<T>(probe.Layer, probe.Place, evaluationForward[probe.Index]))],
        };
    }
}

/// <summary>The settings of a plan besides the network and the update rule.</summary>
/// <param name="BatchSize">The largest number of samples of a step.</param>
/// <param name="NoiseKey">The key of the noise: the run's seed, split.</param>
/// <param name="LabelSmoothing">Label smoothing, from 0 to below 1.</param>
public sealed record PlanSettings(int BatchSize, ulong NoiseKey = 0, double LabelSmoothing = 0);
