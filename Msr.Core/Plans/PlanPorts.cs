using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>Where a plan meets its host: what is filled before a step and what is read after it.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class PlanPorts<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ScalarCount = 6;

    internal PlanPorts(int batch, Shape image)
    {
        Images = new PlanBuffer<T>("images", batch * image.Length, BufferRole.Input, batched: true)
            .View(0, new Shape([batch, .. image.Extents]));
        Labels = new PlanBuffer<int>("labels", batch, BufferRole.Input, batched: true).All();
        Samples = new PlanBuffer<int>("samples", batch, BufferRole.Input, batched: true).All();
        Scalars = new PlanBuffer<T>("scalars", ScalarCount, BufferRole.Scalar, batched: false).All();
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

    /// <summary>All scalars of a step, [6]: rate, gain, loss scale, noise strength, both corrections.</summary>
    public TensorRef<T> Scalars { get; }

    /// <summary>The learning rate, [1].</summary>
    public TensorRef<T> Rate => Scalars.Slice(0, 1);

    /// <summary>What the gradient counts in the momentum, [1].</summary>
    public TensorRef<T> Gain => Scalars.Slice(1, 1);

    /// <summary>What each sample's loss counts, [1].</summary>
    public TensorRef<T> LossScale => Scalars.Slice(2, 1);

    /// <summary>The strength of noise, [1].</summary>
    public TensorRef<T> NoiseStrength => Scalars.Slice(3, 1);

    /// <summary>What makes up for Adam's moments having begun at 0, [2]; see <see cref="AdamSettings.CorrectionAt"/>.</summary>
    public TensorRef<T> Correction => Scalars.Slice(4, 2);

    /// <summary>The index of the optimiser step, [1].</summary>
    public TensorRef<int> StepIndex { get; }

    /// <summary>The logits, [N, classes]; set when the plan is built.</summary>
    public TensorRef<T> Logits { get; internal set; }

    /// <summary>The loss of each sample, [N].</summary>
    public TensorRef<T> Loss { get; }

    /// <summary>The number of correct samples, [1].</summary>
    public TensorRef<int> Correct { get; }
}
