using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Plans;

/// <summary>A plan on a backend, seen without its element type. Tensors are in exchange layout and in float64, which holds any element exactly.</summary>
internal abstract class PlanRun : IDisposable
{
    /// <summary>Whether the backend interprets the plan instead of compiling it.</summary>
    public abstract bool IsInterpreted { get; }

    /// <summary>Whether training and evaluation run the same forward list.</summary>
    public abstract bool TrainsTheTestGraph { get; }

    /// <summary>The kernels that the plan keeps on the isocline.</summary>
    public abstract IReadOnlyList<ProjectedKernel> Kernels { get; }

    /// <summary>The losses and correct samples of the last step or evaluation.</summary>
    public StepReport Report { get; protected set; }

    /// <summary>One optimizer step: all its batches.</summary>
    public abstract void Step(int step, bool noise = true);

    /// <summary>One batch of a step.</summary>
    public abstract void Part(int step, int part, bool noise = true);

    /// <summary>One batch of a step at rate 0: forward and backward alone leave their marks.</summary>
    public abstract void Forward(int step, int part, bool noise, (int First, int Count) samples);

    /// <summary>Evaluates some samples of one batch of a step.</summary>
    public abstract void Evaluate(int step, int part, (int First, int Count) samples);

    /// <summary>The logits of so many samples.</summary>
    public abstract double[] Logits(int samples);

    /// <summary>One tensor.</summary>
    public abstract double[] Read(string name, ParameterPart part);

    /// <summary>Every parameter with its momentum, and its gradient where it is asked for.</summary>
    public abstract PlanState State(bool gradients = false);

    /// <summary>Writes parameters and momentum.</summary>
    public abstract void Restore(PlanState state);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A plan on a backend.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class PlanRun<T> : PlanRun
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PlanCase _case;
    private readonly Plan<T> _plan;
    private readonly IExecutable<T> _executable;
    private readonly Batch<T> _batch;

    public PlanRun(IBackend<T> backend, PlanCase planCase, PlanOptions options)
    {
        _case = planCase;
        _plan = planCase.BuildPlan<T>();
        _executable = options.Interpreted
            ? new Interpreter<T>(backend, _plan, CompileOptions.Default, options.Watcher is { } watcher ? new WatcherObserver<T>(watcher) : null)
            : backend.Compile(_plan, CompileOptions.Default);
        _batch = new Batch<T>(planCase.BatchSize, planCase.Network.Image);
        NetworkParameters.Initialize(_executable, planCase.Seed);
    }

    public override bool IsInterpreted => _executable is Interpreter<T>;

    public override bool TrainsTheTestGraph => _plan.TrainsTheTestGraph;

    public override IReadOnlyList<ProjectedKernel> Kernels =>
    [
        .. _plan.Parameters.Where(static p => p.OnIsocline).Select(static p => new ProjectedKernel(
            p.Name,
            p.Layout.Exchange[2] * p.Layout.Exchange[3],
            p.Gradient!.Value.Offset,
            canonical =>
            {
                double[] exchange = new double[canonical.Length];
                p.Layout.ToExchange<double>(canonical, exchange);
                return exchange;
            })),
    ];

    public override void Step(int step, bool noise = true)
    {
        StepReport all = default;
        for (int part = 0; part < _case.Accumulate; part++)
        {
            Part(step, part, noise);
            all += Report;
        }

        Report = all;
    }

    public override void Part(int step, int part, bool noise = true)
    {
        _case.Fill(_batch, step, part);
        _executable.Step(_batch, _case.Scalars(step, part, noise));
        Report = _executable.Read();
    }

    public override void Forward(int step, int part, bool noise, (int First, int Count) samples)
    {
        Load(step, part, samples);
        _executable.Step(_batch, _case.Scalars(step, part, noise) with { LearningRate = 0, Begins = true, Updates = false });
        Report = _executable.Read();
    }

    public override void Evaluate(int step, int part, (int First, int Count) samples)
    {
        Load(step, part, samples);
        _executable.Evaluate(_batch);
        Report = _executable.Read();
    }

    public override double[] Logits(int samples)
    {
        T[] logits = new T[samples * _plan.Classes];
        _executable.ReadLogits(logits);
        return Array.ConvertAll(logits, double.CreateChecked);
    }

    public override double[] Read(string name, ParameterPart part)
    {
        T[] values = new T[_plan.Parameter(name).Layout.Exchange.Length];
        _executable.ReadParameter(name, part, values);
        return Array.ConvertAll(values, double.CreateTruncating);
    }

    public override PlanState State(bool gradients = false)
    {
        return new PlanState([.. from parameter in _plan.Parameters
                                 from part in parameter.Parts
                                 where gradients || part != ParameterPart.Gradient
                                 select (parameter.Name, part, Read(parameter.Name, part))]);
    }

    public override void Restore(PlanState state)
    {
        foreach ((string name, ParameterPart part, double[] values) in state.Tensors.Where(static tensor => tensor.Part != ParameterPart.Gradient))
        {
            _executable.WriteParameter(name, part, Array.ConvertAll(values, T.CreateTruncating));
        }
    }

    public override void Dispose() => _executable.Dispose();

    /// <summary>Some samples of a batch, moved to its front.</summary>
    private void Load(int step, int part, (int First, int Count) samples)
    {
        _case.Fill(_batch, step, part);
        for (int i = 0; i < samples.Count && samples.First > 0; i++)
        {
            _batch.ImageAt(samples.First + i).CopyTo(_batch.ImageAt(i));
            _batch.Labels[i] = _batch.Labels[samples.First + i];
            _batch.SampleIndices[i] = _batch.SampleIndices[samples.First + i];
        }

        _batch.Count = samples.Count;
    }
}

/// <summary>How a plan is run.</summary>
/// <param name="Interpreted">Op by op on the backend, instead of as the backend compiles it.</param>
/// <param name="Watcher">Who watches every op; interpreted runs alone can be watched.</param>
internal sealed record PlanOptions(bool Interpreted = false, IPlanWatcher? Watcher = null)
{
    /// <summary>As the backend compiles it.</summary>
    public static PlanOptions Compiled { get; } = new();
}

/// <summary>The tensors of a plan at one moment, in exchange layout.</summary>
/// <param name="Tensors">Name, part and elements.</param>
internal sealed record PlanState(IReadOnlyList<(string Name, ParameterPart Part, double[] Values)> Tensors)
{
    /// <summary>The first difference in bits; none if there is none.</summary>
    public string? DifferenceFrom(PlanState other, string what)
    {
        foreach (((string name, ParameterPart part, double[] own), (_, _, double[] theirs)) in Tensors.Zip(other.Tensors))
        {
            if (Difference($"{part} of '{name}'", own, theirs, what) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>The first difference in bits between two tensors; none if there is none.</summary>
    public static string? Difference(string name, double[] own, double[] theirs, string what)
    {
        for (int i = 0; i < own.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(own[i]) != BitConverter.DoubleToInt64Bits(theirs[i]))
            {
                return $"{name}[{i}] is {own[i]:R}, but {theirs[i]:R} {what}";
            }
        }

        return null;
    }
}
