using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Plans;

/// <summary>The inputs and outputs of a plan: the host fills the former before a step and reads the latter after it.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class PlanPorts<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly PlanScalar s_lossScale = new("loss scale", static step => 1.0 / step.Samples);
    private static readonly PlanScalar s_noiseStrength = new("noise strength", static step => step.NoiseStrength);

    private readonly ImmutableArray<PlanScalar> _scalars;

    internal PlanPorts(int batch, Shape image, ImmutableArray<PlanScalar> optimizerScalars)
    {
        _scalars = [s_lossScale, s_noiseStrength, .. optimizerScalars];
        Images = new PlanBuffer<T>("images", batch * image.Length, BufferRole.Input, batched: true)
            .View(0, new Shape([batch, .. image.Extents]));
        Labels = new PlanBuffer<int>("labels", batch, BufferRole.Input, batched: true).All();
        Samples = new PlanBuffer<int>("samples", batch, BufferRole.Input, batched: true).All();
        Scalars = new PlanBuffer<T>("scalars", _scalars.Length, BufferRole.Scalar, batched: false).All();
        StepIndex = new PlanBuffer<int>("step", 1, BufferRole.Scalar, batched: false).All();
        Loss = new PlanBuffer<T>("loss", batch, BufferRole.Output, batched: true).All();
        Correct = new PlanBuffer<int>("correct", 1, BufferRole.Output, batched: false).All();
    }

    /// <summary>The images, [N, H, W, C].</summary>
    public TensorRef<T> Images { get; }

    /// <summary>The labels, [N].</summary>
    public TensorRef<int> Labels { get; }

    /// <summary>Each sample's index in its data set, [N].</summary>
    public TensorRef<int> Samples { get; }

    /// <summary>All scalars of a step: the loss scale, the noise strength, and those that the optimizer declares.</summary>
    public TensorRef<T> Scalars { get; }

    /// <summary>The weight of each sample's loss in the loss of the step, [1].</summary>
    public TensorRef<T> LossScale => Scalar(s_lossScale.Name);

    /// <summary>The strength of noise, [1].</summary>
    public TensorRef<T> NoiseStrength => Scalar(s_noiseStrength.Name);

    /// <summary>The index of the optimizer step, [1].</summary>
    public TensorRef<int> StepIndex { get; }

    /// <summary>The logits, [N, classes]; set when the plan is built.</summary>
    public TensorRef<T> Logits { get; internal set; }

    /// <summary>The loss of each sample, [N].</summary>
    public TensorRef<T> Loss { get; }

    /// <summary>The number of correct samples, [1].</summary>
    public TensorRef<int> Correct { get; }

    /// <summary>A declared scalar, [1], or several that were declared one after the other.</summary>
    /// <param name="name">The name of the first.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="KeyNotFoundException">Nobody declared it.</exception>
    public TensorRef<T> Scalar(string name, int count = 1)
    {
        for (int i = 0; i < _scalars.Length; i++)
        {
            if (_scalars[i].Name == name)
            {
                return Scalars.Slice(i, count);
            }
        }

        throw new KeyNotFoundException($"The plan has no scalar '{name}'.");
    }

    /// <summary>The values of <see cref="Scalars"/> in a step. Allocates nothing.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">Room for them.</param>
    internal void ScalarsAt(in StepScalars step, Span<T> values)
    {
        for (int i = 0; i < _scalars.Length; i++)
        {
            values[i] = T.CreateChecked(_scalars[i].ValueAt(step));
        }
    }
}

/// <summary>A number of a plan that changes from step to step: computed on the host in float64, rounded once, and uploaded with every batch.</summary>
/// <param name="Name">Its name within the plan.</param>
/// <param name="ValueAt">Its value in a step.</param>
public sealed record PlanScalar(string Name, Func<StepScalars, double> ValueAt);

/// <summary>The scalars that change from step to step; everything else is part of the plan.</summary>
/// <param name="Step">The index of the optimizer step, from 0. Noise is keyed by it.</param>
/// <param name="LearningRate">The learning rate before group multipliers.</param>
/// <param name="NoiseStrength">The half-width d of the noise; 0 switches it off bitwise.</param>
/// <param name="Samples">The number of samples whose losses the update averages, over all accumulated batches.</param>
/// <param name="Begins">Whether this batch is the first of its optimizer step: gradients start from zero.</param>
/// <param name="Updates">Whether this batch is the last of its optimizer step: parameters are updated.</param>
public readonly record struct StepScalars(long Step, double LearningRate, double NoiseStrength, int Samples, bool Begins = true, bool Updates = true);
