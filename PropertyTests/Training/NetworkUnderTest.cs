using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace PropertyTests.Training;

/// <summary>A small network on a backend with a batch of random images, for laws about whole networks.</summary>
internal sealed class NetworkUnderTest<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public NetworkUnderTest(IBackend<T> backend, Network network, int samples, UpdateRule rule, ulong seed, double smoothing = 0)
    {
        Plan = TrainingPlan.Of<T>(network, rule, new PlanSettings(samples, new RandomStream(seed).Split("noise").Key, smoothing));
        Executable = new Interpreter<T>(backend, Plan, CompileOptions.Default);
        NetworkParameters.Initialize(Executable, seed);
        Batch = Images(network, samples, seed);
    }

    public Plan<T> Plan { get; }

    public Interpreter<T> Executable { get; }

    public Batch<T> Batch { get; }

    public static Batch<T> Images(Network network, int samples, ulong seed)
    {
        Batch<T> batch = new(samples, network.Image);
        RandomStream stream = new RandomStream(seed).Split("images");
        for (int i = 0; i < batch.Images.Length; i++)
        {
            batch.Images[i] = T.CreateChecked((2 * stream.Uniform((ulong)i)) - 1);
        }

        for (int i = 0; i < samples; i++)
        {
            batch.Labels[i] = stream.Split("labels").Below((ulong)i, network.Classes);
            batch.SampleIndices[i] = 100 + (7 * i);
        }

        return batch;
    }

    /// <summary>The training forward pass and all gradients at learning rate 0: parameters stay as they are.</summary>
    public double LossAndGradients(double noise = 0)
    {
        Executable.Step(Batch, new StepScalars(3, 0, noise, Batch.Count));
        return Executable.Read().Loss;
    }

    public double[] Read(string name, ParameterPart part)
    {
        T[] values = new T[Plan.Parameter(name).Layout.Exchange.Length];
        Executable.ReadParameter(name, part, values);
        return Array.ConvertAll(values, double.CreateChecked);
    }

    public void Write(string name, double[] values) =>
        Executable.WriteParameter(name, ParameterPart.Value, Array.ConvertAll(values, T.CreateChecked));

    public void Dispose() => Executable.Dispose();
}
