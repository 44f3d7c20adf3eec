using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Plans;

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
        ParameterPart[] parts = gradients
            ? [ParameterPart.Value, ParameterPart.Momentum, ParameterPart.SecondMoment, ParameterPart.Gradient]
            : [ParameterPart.Value, ParameterPart.Momentum, ParameterPart.SecondMoment];
        return new PlanState([.. from parameter in _plan.Parameters
                                 from part in parts
                                 where parameter.Tensor(part) is not null
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
