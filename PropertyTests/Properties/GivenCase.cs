using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Core.Optimizers;

namespace PropertyTests.Properties;

/// <summary>A case of the kit as a generated value: it is printed as the command that repeats it, and shrinks along its geometry.</summary>
/// <param name="Case">The case.</param>
public abstract record GivenCase(TestCase Case)
{
    /// <summary>The geometry in words, where its text is not enough.</summary>
    protected virtual string Words => "";

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Words}msr verify --backend NAME --case \"{Case}\"";
}

/// <summary>A gradient of kernels [outer, taps, inner] to project.</summary>
/// <param name="Case">The case.</param>
public sealed record Kernel(TestCase Case) : GivenCase(Case);

/// <summary>Update steps on one kernel with arbitrary gradients.</summary>
/// <param name="Case">The case.</param>
public sealed record Trajectory(TestCase Case) : GivenCase(Case);

/// <summary>A network in training: its layers, its images, its optimiser and its steps.</summary>
/// <param name="Training">The case.</param>
public sealed record TrainedNetwork(PlanCase Training) : GivenCase(Training)
{
    /// <inheritdoc/>
    protected override string Words
    {
        get
        {
            UpdateRule rule = Training.Rule;
            string optimizer = rule.Adam is { } adam ? $"AdamW, β1 {adam.Beta1}" : Describe(rule.Sgd);
            return $"{Training.Network.Name} of width {Training.Parameters["d"]} on images {Training.Network.Image}, {Training.Network.Classes} classes; "
                + $"steps {Training.Steps} of {Training.Accumulate}×{Training.BatchSize} images; {optimizer}, rate {Training.Rate(0)}, decay {rule.Sgd.WeightDecay}, "
                + $"clip {rule.ClipNorm}, noise {Training.Scalars(0, 0).NoiseStrength}\n";
        }
    }

    private static string Describe(SgdOptions sgd) =>
        $"SGD, momentum {sgd.Momentum}{(sgd.Nesterov ? " (Nesterov)" : "")}, dampening {sgd.Dampening}";
}
