using Msr.Conformance.Cases;
using Msr.Conformance.Plans;

namespace PropertyTests.Properties;

/// <summary>A case of the kit as a generated value. It prints as the command that repeats it on a backend.</summary>
/// <param name="Case">The case.</param>
public abstract record GivenCase(TestCase Case)
{
    /// <inheritdoc/>
    public sealed override string ToString() => $"msr verify --backend NAME --case \"{Case}\"";
}

/// <summary>A gradient of kernels [outer, taps, inner] to project.</summary>
/// <param name="Case">The case.</param>
public sealed record Kernel(TestCase Case) : GivenCase(Case);

/// <summary>Update steps on one kernel with arbitrary gradients.</summary>
/// <param name="Case">The case.</param>
public sealed record Trajectory(TestCase Case) : GivenCase(Case);

/// <summary>A network in training: its layers, its images, its optimiser and its steps.</summary>
/// <param name="Training">The case.</param>
public sealed record TrainedNetwork(PlanCase Training) : GivenCase(Training);
