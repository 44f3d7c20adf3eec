using System.Numerics;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Stored;

/// <summary>
/// A whole residual network as another system trained it in float64: logits, loss and every gradient of the first step, the losses and
/// every parameter after the last. Float64 within 1e-11 relative L2 a tensor, float32 within 16 times what the other system's own float32
/// was off: a calibrated limit, not a theorem; docs/adr/0008.
/// </summary>
internal sealed class StoredNetwork : ISubjectGuest<bool>
{
    private const double DoubleLimit = 1e-11;
    private const double SingleFactor = 16;

    /// <summary>A slice mean this far below its kernel's elements is none.</summary>
    private const double Centred = 1e-9;

    private readonly StoredRun _case;
    private readonly Dictionary<string, double[]> _start = new(StringComparer.Ordinal);
    private readonly StoredAttributes _optimizer;
    private readonly int _steps;

    private StoredNetwork(StoredRun c)
    {
        c.AllowOnly("shortcut", "zero_mean_kernels", "optimizer", "loss", "blocks");
        (_case, _optimizer) = (c, c.Attributes.Group("optimizer"));
        _steps = _optimizer.Integer("steps");
        if (_optimizer.Text("type", "sgd") is var type && type != "sgd")
        {
            throw new UnsupportedCaseException($"the optimizer '{type}'");
        }

        if (_optimizer.Unknown(
            "type", "lr", "lr_per_step", "momentum", "nesterov", "dampening", "weight_decay", "weight_decay_applies_to", "steps").FirstOrDefault() is { } unknown)
        {
            throw new UnsupportedCaseException($"an optimizer with '{unknown}'");
        }
    }

    public static void Train(StoredRun c) => c.Subject.Visit(new StoredNetwork(c));

    public bool Work<T>(IBackend<T> backend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Shape images = _case.Shape("x.t0", 4), classifier = _case.Shape("fc.w", 2);
        Network network = ResidualNetwork.Create(
            Depth(), new Shape(images[2], images[3], images[1]), classifier[0],
            new ModelOptions { Style = ConvolutionStyle.Plain, Shortcut = Shortcut(), Width = _case.Shape("conv0.w", 4)[0] });
        Plan<T> draft = TrainingPlan.Of<T>(network, new UpdateRule(), new PlanSettings(images[0]));
        foreach (PlanParameter<T> parameter in draft.Parameters)
        {
            _start[parameter.Name] = Parameter(parameter);
        }

        Plan<T> plan = TrainingPlan.Of<T>(network, Rule(draft), new PlanSettings(images[0]));
        RefuseTransforms(backend, plan);
        using IExecutable<T> executable = backend.Compile(plan, CompileOptions.Default);
        foreach (PlanParameter<T> parameter in plan.Parameters)
        {
            executable.WriteParameter(parameter.Name, ParameterPart.Value, Array.ConvertAll(_start[parameter.Name], T.CreateChecked));
        }

        Run(executable, images);
        return true;
    }

    /// <summary>The limit follows from another system's sums of products; transforms round more, and no one knows how much in a whole network.</summary>
    private static void RefuseTransforms<T>(IBackend<T> backend, Plan<T> plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (plan.Forward.Concat(plan.Backward).Any(op => backend.AccuracyOf(op).WinogradTile > 0))
        {
            throw new UnsupportedCaseException(
                "a whole network on a backend that transforms convolutions, whose float32 errors the case does not record (try cpu:direct in place of cpu)");
        }
    }

    private static bool IsCentred(double[] kernel, Shape shape) => IsoclineDistance.Of<double>(kernel, shape).MaxRatio < Centred;

    private void Run<T>(IExecutable<T> executable, Shape images)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] rates = StoredSgd.Rates(_optimizer, _steps), losses = new double[_steps];
        for (int step = 0; step < _steps; step++)
        {
            Batch<T> batch = BatchOf<T>(step, images);
            if (step == 0)
            {
                executable.Step(batch, new StepScalars(0, 0, 0, images[0], Updates: false));
                T[] logits = new T[images[0] * executable.Plan.Classes];
                executable.ReadLogits(logits);
                Check("logits.t0", logits);
                Check<T>("loss.t0", [T.CreateChecked(executable.Read().Loss)]);
                CheckParameters(executable, ParameterPart.Gradient, "grad.");
            }

            executable.Step(batch, new StepScalars(step, rates[step], 0, images[0]));
            losses[step] = executable.Read().Loss;
        }

        Check("losses", Array.ConvertAll(losses, T.CreateChecked));
        CheckParameters(executable, ParameterPart.Value, $"after{_steps}.");
    }

    /// <summary>Layers by the names of the case: three stages of as many blocks.</summary>
    private int Depth()
    {
        int blocks = 0;
        while (_case.Has($"s1b{blocks + 1}.conv1.w"))
        {
            blocks++;
        }

        return blocks > 0 ? (6 * blocks) + 2 : throw new StoredFormatException("there is no tensor 's1b1.conv1.w'");
    }

    private ShortcutKind Shortcut() => _case.Attributes.Text("shortcut", "A") switch
    {
        "A" => ShortcutKind.Subsampled,
        "B" => ShortcutKind.Projection,
        string other => throw new UnsupportedCaseException($"a residual network with shortcut '{other}'"),
    };

    private UpdateRule Rule<T>(Plan<T> draft)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double decay = _optimizer.Number("weight_decay", 0);
        string scope = _optimizer.Text("weight_decay_applies_to", "all");
        if (decay != 0 && !scope.StartsWith("all", StringComparison.Ordinal))
        {
            throw new UnsupportedCaseException($"weight decay of '{scope}'");
        }

        Sgd sgd = new(
            _optimizer.Number("momentum", 0), _optimizer.Flag("nesterov"), _optimizer.Number("dampening", 0), decay, DecaysEverything: true);
        return new UpdateRule { Optimizer = sgd, Isocline = Policy(draft) };
    }

    /// <summary>
    /// The case says that kernels have zero mean; which ones are kept so, its tensors say: those whose slices are centred before and after.
    /// </summary>
    private IsoclinePolicy Policy<T>(Plan<T> draft)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!_case.Attributes.Flag("zero_mean_kernels"))
        {
            return IsoclinePolicy.Off;
        }

        List<string> free = [];
        foreach (PlanParameter<T> parameter in draft.Parameters.Where(static parameter => parameter.Kind == ParameterKind.SpatialKernel))
        {
            string name = TheirName(parameter.Name);
            Shape shape = parameter.Layout.Exchange;
            bool before = IsCentred(_start[parameter.Name], shape), after = IsCentred(_case.Stored.Reals($"after{_steps}.{name}"), shape);
            if (!before && (after || (_case.Has($"grad.{name}") && IsCentred(_case.Stored.Reals($"grad.{name}"), shape))))
            {
                throw new UnsupportedCaseException("a network that centres its kernels otherwise than by their gradients");
            }

            if (!after)
            {
                free.Add(parameter.Name);
            }
        }

        return IsoclinePolicy.Default with { Exclude = [.. free] };
    }

    private double[] Parameter<T>(PlanParameter<T> parameter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string name = TheirName(parameter.Name);
        if (!_case.Has(name) && parameter.Kind == ParameterKind.Bias)
        {
            throw new UnsupportedCaseException("a residual network without biases");
        }

        double[] values = _case.Stored.Reals(name);
        return _case.Shape(name) == parameter.Layout.Exchange
            ? values
            : throw new StoredFormatException($"the tensor '{name}' is {_case.Shape(name)}; the network has {parameter.Layout.Exchange}");
    }

    private Batch<T> BatchOf<T>(int step, Shape images)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Batch<T> batch = new(images[0], new Shape(images[2], images[3], images[1]));
        Array.ConvertAll(_case.Values($"x.t{step}"), T.CreateChecked).CopyTo(batch.Images, 0);
        _case.Stored.Integers($"target.t{step}").CopyTo(batch.Labels, 0);
        return batch;
    }

    private void CheckParameters<T>(IExecutable<T> executable, ParameterPart part, string prefix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (PlanParameter<T> parameter in executable.Plan.Parameters)
        {
            T[] values = new T[parameter.Layout.Exchange.Length];
            executable.ReadParameter(parameter.Name, part, values);
            string name = prefix + TheirName(parameter.Name);
            double[] got = Array.ConvertAll(values, double.CreateChecked);
            if (part == ParameterPart.Gradient && parameter.OnIsocline && _case.Has(name) && IsCentred(_case.Stored.Reals(name), parameter.Layout.Exchange))
            {
                // The case stores what the projection left; before an update ours is not projected yet.
                Centre(got, parameter.Layout.Exchange[2] * parameter.Layout.Exchange[3]);
            }

            Check(name, got, typeof(T) == typeof(double));
        }
    }

    private static void Centre(double[] kernel, int taps)
    {
        for (int start = 0; start < kernel.Length; start += taps)
        {
            Span<double> slice = kernel.AsSpan(start, taps);
            double mean = 0;
            foreach (double tap in slice)
            {
                mean += tap / taps;
            }

            for (int i = 0; i < taps; i++)
            {
                slice[i] -= mean;
            }
        }
    }

    private void Check<T>(string name, T[] got)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Check(name, Array.ConvertAll(got, double.CreateChecked), typeof(T) == typeof(double));

    private void Check(string name, double[] got, bool isDouble)
    {
        if (_case.Has(name))
        {
            double? single = _case.Stored.Tensor(name).SinglePrecisionError;
            _case.CheckTensor(name, got, isDouble ? DoubleLimit
                : SingleFactor * (single ?? throw new UnsupportedCaseException("a network that does not say how far float32 may be off")));
        }
    }

    /// <summary>Our paths in the names of the case: stage2.block1.body.conv2.weight is s2b1.conv2.w.</summary>
    private static string TheirName(string name)
    {
        string kind = name.EndsWith(".weight", StringComparison.Ordinal) ? "w" : "b";
        string[] path = name.Split('.');
        return path[0] switch
        {
            "stem" => $"conv0.{kind}",
            "head" => $"fc.{kind}",
            _ => $"s{path[0][^1]}b{path[1]["block".Length..]}.{(path[2] == "skip" ? "proj" : path[3])}.{kind}",
        };
    }
}
