using System.Numerics;
using System.Text.Json;
using Msr.Core.Backends;
using Msr.Core.Execution;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Reference;

namespace PropertyTests.Cases;

/// <summary>
/// A whole ResNet-20 with projection shortcuts as PyTorch trained it in float64: logits, loss, every gradient of the first step, the losses
/// and every parameter after five. Float64 within 1e-11 relative L2 a tensor, float32 within 16 times what PyTorch's own float32 was off.
/// </summary>
public sealed class OutsideNetworkTests
{
    private const string Id = "network_resnet20_proj";

    [Fact]
    public void The_reference_trains_resnet20_as_PyTorch_does_in_double_precision() => Check(new ReferenceBackend<double>());

    [Fact]
    public void The_cpu_trains_resnet20_as_PyTorch_does_in_double_precision() => Check(new CpuBackend<double>());

    [Fact]
    public void The_cpu_trains_resnet20_as_PyTorch_does_in_single_precision() => Check(new CpuBackend<float>());

    private static void Check<T>(IBackend<T> backend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IBackend<T> owned = backend;
        NeutralCase outside = NeutralCase.Open("torch", Id);
        Network network = ModelCatalog.Create(
            "resnet20", new Shape(32, 32, 3), 10, new ModelOptions { Style = ConvolutionStyle.Plain, Shortcut = ShortcutKind.Projection });
        JsonElement sgd = outside.Attributes.GetProperty("optimizer");
        UpdateRule rule = new()
        {
            Isocline = IsoclinePolicy.Off,
            Sgd = new SgdOptions(
                sgd.GetProperty("momentum").GetDouble(),
                sgd.GetProperty("nesterov").GetBoolean(),
                sgd.GetProperty("dampening").GetDouble(),
                sgd.GetProperty("weight_decay").GetDouble(),
                DecaysEverything: true),
        };
        Plan<T> plan = PlanBuilder<T>.Build(network, rule, new PlanSettings(8));
        using IExecutable<T> executable = backend.Compile(plan, CompileOptions.Default);
        foreach (PlanParameter<T> parameter in plan.Parameters)
        {
            executable.WriteParameter(parameter.Name, ParameterPart.Value, Array.ConvertAll(outside.Reals(TheirName(parameter.Name)), T.CreateChecked));
        }

        double rate = sgd.GetProperty("lr").GetDouble();
        List<double> losses = [];
        for (int step = 0; step < 5; step++)
        {
            Batch<T> batch = BatchOf<T>(outside, step);
            if (step == 0)
            {
                executable.Step(batch, new StepScalars(0, 0, 0, 8, Updates: false));
                T[] logits = new T[80];
                executable.ReadLogits(logits);
                AssertClose(outside, "logits.t0", logits);
                AssertClose<T>(outside, "loss.t0", [T.CreateChecked(executable.Read().Loss)]);
                CheckParameters(outside, executable, ParameterPart.Gradient, "grad.");
            }

            executable.Step(batch, new StepScalars(step, rate, 0, 8));
            losses.Add(executable.Read().Loss);
        }

        AssertClose(outside, "losses", losses.Select(T.CreateChecked).ToArray());
        CheckParameters(outside, executable, ParameterPart.Value, "after5.");
    }

    private static void CheckParameters<T>(NeutralCase outside, IExecutable<T> executable, ParameterPart part, string prefix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (PlanParameter<T> parameter in executable.Plan.Parameters)
        {
            T[] values = new T[parameter.Layout.Exchange.Length];
            executable.ReadParameter(parameter.Name, part, values);
            AssertClose(outside, prefix + TheirName(parameter.Name), values);
        }
    }

    private static Batch<T> BatchOf<T>(NeutralCase outside, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Batch<T> batch = new(8, new Shape(32, 32, 3));
        double[] planes = outside.Reals($"x.t{step}");
        for (int i = 0; i < planes.Length; i++)
        {
            (int plane, int pixel) = Math.DivRem(i, 32 * 32);
            (int sample, int channel) = Math.DivRem(plane, 3);
            batch.ImageAt(sample)[(pixel * 3) + channel] = T.CreateChecked(planes[i]);
        }

        outside.Integers($"target.t{step}").CopyTo(batch.Labels, 0);
        return batch;
    }

    private static void AssertClose<T>(NeutralCase outside, string name, T[] got)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] expected = outside.Reals(name);
        double difference = Math.Sqrt(expected.Zip(got, static (e, g) => Math.Pow(e - double.CreateChecked(g), 2)).Sum());
        double size = Math.Sqrt(expected.Sum(static e => e * e));
        double allowed = typeof(T) == typeof(double)
            ? 1e-11
            : 16 * outside.Tensor(name).Description.GetProperty("torch_f32_rel_l2").GetDouble();
        Assert.True(difference <= allowed * size, $"{name}: relative L2 error {difference / size:G3}, allowed {allowed:G3}");
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
            _ => $"s{path[0][^1]}b{path[1][^1]}.{(path[2] == "skip" ? "proj" : path[3])}.{kind}",
        };
    }
}
