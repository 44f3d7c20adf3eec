using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Core.Data;
using Msr.Core.Training;

namespace PropertyTests.Properties;

/// <summary>A case of the kit as a generated value. It prints as the command that repeats it on a backend.</summary>
/// <param name="Case">The case.</param>
public abstract record GivenCase(TestCase Case)
{
    /// <inheritdoc/>
    public sealed override string ToString() => $"msr verify --backend NAME --case \"{Case}\"";
}

/// <summary>A convolution or one of its two gradients: its geometry, its samples and their contents.</summary>
/// <param name="Case">The case.</param>
public sealed record Convolution(TestCase Case) : GivenCase(Case);

/// <summary>A gradient of kernels [outer, taps, inner] to project.</summary>
/// <param name="Case">The case.</param>
public sealed record Kernel(TestCase Case) : GivenCase(Case);

/// <summary>Update steps on one kernel with arbitrary gradients.</summary>
/// <param name="Case">The case.</param>
public sealed record Trajectory(TestCase Case) : GivenCase(Case);

/// <summary>A network in training: its layers, its images, its optimizer and its steps.</summary>
/// <param name="Training">The case.</param>
public sealed record TrainedNetwork(PlanCase Training) : GivenCase(Training);

/// <summary>The course of the learning rate over a training.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Steps">The steps of the training.</param>
public sealed record Course(Schedule Schedule, int Steps)
{
    /// <summary>The multiples of the peak rate, step by step.</summary>
    public double[] Rates => [.. Enumerable.Range(0, Steps).Select(step => Schedule.MultipleAt(step, Steps))];

    /// <summary>The share of the training that a step stands for: the middle of its own.</summary>
    public double PositionOf(int step) => (step + 0.5) / Steps;
}

/// <summary>Images on their way into a batch.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels, from 1 to 3.</param>
/// <param name="Augmentation">What happens to them.</param>
/// <param name="Seed">The seed of what is random.</param>
public sealed record AugmentedImages(int Height, int Width, int Channels, Augmentation Augmentation, ulong Seed);

/// <summary>The order in which an epoch visits its samples.</summary>
/// <param name="Count">The number of samples.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record VisitingOrder(int Count, ulong Seed, int Epoch);
