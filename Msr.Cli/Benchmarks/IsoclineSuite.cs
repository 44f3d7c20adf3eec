using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Conformance.Cases;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>
/// What the isocline costs: the update that a training of the network runs with default options and its projections alone, against a copy of the
/// bytes that an update must move, and whole steps with projection and without.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="bench">What it works with.</param>
internal sealed class IsoclineSuite<T>(Workbench<T> bench)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name.</summary>
    public const string Name = "isocline";

    /// <summary>An update reads parameter, gradient and momentum, and writes parameter and momentum: the gradient need not be kept.</summary>
    private const int TouchesOfParameter = 5;

    /// <summary>Judges and times them.</summary>
    public void Run()
    {
        bench.Try($"{Name}.update", TimeUpdate);
        if (ModelCatalog.HasConvolutions(bench.Request.Network.Model))
        {
            bench.Try($"{Name}.train", TimeSteps);
        }
    }

    private void TimeUpdate()
    {
        using UpdateOfPlan<T> update = new(bench.Backend, PlanOf(bench.Request.Network));
        int copied = checked((int)(update.Parameters * TouchesOfParameter / 2));
        OpCase copy = KitJudge<T>.Read($"copy batch=1 channels={copied} seed=1");
        double? error = update.Ops.Select(static op => Text(op)).Distinct(StringComparer.Ordinal).Max(text => bench.Judge.ErrorOverBound(KitJudge<T>.Read(text)));
        double? errorOfCopy = bench.Judge.ErrorOverBound(copy);
        using BenchOperands<T> operands = new(bench.Backend);
        Op<T> copyOp = operands.Build(copy);
        Op<T>[] projections = [.. update.Ops.OfType<IsoclineProject<T>>()];
        double[][] times = bench.Sample(
            $"{Name}.update", bench.Backend.Prepare(update.Ops), () => bench.Backend.Run(copyOp), bench.Backend.Prepare(projections));

        string shape = $"{update.Parameters} parameters";
        Add("update", shape, times[0], error, TouchesOfParameter);
        if (projections.Length > 0)
        {
            Add("project", shape, times[2], error, 2);
        }

        Add("copy", $"{copied} elements", times[1], errorOfCopy, TouchesOfParameter);
        bench.Note($"{Name}.update: the {update.Ops.Count} ops that msr train runs with default options; they take {Ratio(Quartiles.OfRatios(times[0], times[1]))} times as long as a copy of the bytes that they must move.");

        void Add(string what, string elements, double[] samples, double? errorOverBound, int touches)
        {
            Quartiles seconds = Quartiles.Of(samples);
            double bytes = (double)update.Parameters * touches * Unsafe.SizeOf<T>();
            bench.Add(bench.Result($"{Name}.{what}", elements, "direct", 0, seconds, errorOverBound) with { Gbps = bytes / seconds.Median / 1e9 }, 0);
        }
    }

    /// <summary>The plan of the network for one image of the size that was asked for: updates depend on no batch.</summary>
    private Plan<T> PlanOf(TrainingOptions options) => TrainingPlan.Of<T>(
        options.CreateNetwork(new Shape(bench.Request.Image, bench.Request.Image, 3), 10), options.CreateUpdateRule(), new PlanSettings(1));

    /// <summary>An op of an update as a case of the kit. Constants that only multiply, such as the strength of an anchor, are left at 1.</summary>
    private static string Text(Op<T> op) => FormattableString.Invariant(op switch
    {
        IsoclineProject<T> p => $"isocline.project outer={p.X.Shape[0]} taps={p.X.Shape[1]} inner={p.X.Shape[2]} lambda={p.Lambda} seed=1",
        SquaredNorms<T> norms => $"norms.squared rows={norms.X.Shape[0]} length={norms.X.Shape[1]} seed=1",
        ClipFactor<T> clip => $"clip.factor limit={clip.Limit} seed=1",
        Scale<T> scale => $"scale batch=1 channels={scale.X.Length} seed=1",
        NormAnchor<T> anchor => $"norm.anchor rows={anchor.W.Shape[0]} length={anchor.W.Shape[1]} seed=1",
        SgdStep<T> step => $"sgd.step length={step.W.Length} momentum={step.Settings.Momentum} weight-decay={step.Settings.WeightDecay} seed=1",
        _ => throw new InvalidOperationException($"An update holds {op.Name}, which msr bench does not judge."),
    });

    private void TimeSteps()
    {
        TrainingOptions network = bench.Request.Network with { Method = Method.Msr.Name };
        TrainingOptions with = network with { Lambda = 1 }, without = network with { Lambda = 0 };
        using TrainingBench<T> projected = TrainingBench<T>.Of(bench, with), free = TrainingBench<T>.Of(bench, without);
        StepJudge<T> judge = new(bench.Judge);
        double? error = judge.ErrorOverBound(with, projected.Plan), errorOfFree = judge.ErrorOverBound(without, free.Plan);
        double[][] times = bench.Sample($"{Name}.train", projected.Step, free.Step);
        bench.Add($"{Name}.train.projected", projected, times[0], error);
        bench.Add($"{Name}.train.free", free, times[1], errorOfFree);
        bench.Note($"{Name}.train: a step with the projection takes {Ratio(Quartiles.OfRatios(times[0], times[1]))} of the time of one without.");
    }

    private static string Ratio(Quartiles ratio) => $"{ratio.Median:F3} ({ratio.First:F3} to {ratio.Third:F3})";
}

/// <summary>The update of a plan on memory of its own. The rate is 0, so that every run meets the same parameters.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class UpdateOfPlan<T> : ITensorMap, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _backend;
    private readonly Dictionary<DeviceMemory, DeviceMemory> _memory = new(ReferenceEqualityComparer.Instance);

    /// <summary>Allocates what the update touches, and fills it.</summary>
    /// <param name="backend">The backend, which must outlive this.</param>
    /// <param name="plan">The plan.</param>
    public UpdateOfPlan(IBackend<T> backend, Plan<T> plan)
    {
        _backend = backend;
        Ops = [.. plan.Update.Select(op => op.Rebind(this))];
        Parameters = plan.Parameters.Where(static parameter => parameter.Gradient is not null).Sum(static parameter => parameter.Layout.Exchange.Length);
        T[] scalars = new T[plan.Ports.Scalars.Length];
        plan.ScalarsAt(new StepScalars(1, 0, 0, 1), scalars);
        backend.Upload<T>(scalars, Map(plan.Ports.Scalars));
    }

    /// <summary>The ops, in order.</summary>
    public IReadOnlyList<Op<T>> Ops { get; }

    /// <summary>How many numbers are trained.</summary>
    public long Parameters { get; }

    /// <inheritdoc/>
    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        if (!_memory.TryGetValue(tensor.Memory, out DeviceMemory? memory))
        {
            DeviceMemory<E> block = _backend.Allocate<E>(tensor.Memory.Length);
            _memory.Add(tensor.Memory, memory = block);
            if (block is DeviceMemory<T> numbers)
            {
                RandomStream stream = new RandomStream(1).Split("update").Split((ulong)_memory.Count);
                T[] values = new T[block.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = T.CreateTruncating((stream.Word((ulong)i) / (double)uint.MaxValue) - 0.5);
                }

                _backend.Upload<T>(values, numbers.All());
            }
        }

        return new TensorRef<E>((DeviceMemory<E>)memory, tensor.Offset, tensor.Shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceMemory block in _memory.Values)
        {
            block.Dispose();
        }
    }
}
