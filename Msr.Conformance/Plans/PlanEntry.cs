using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;

namespace Msr.Conformance.Plans;

/// <summary>Whole networks and their training steps.</summary>
public sealed class PlanEntry : CaseEntry
{
    private readonly int _mostSteps;

    private PlanEntry(string kind, int mostSteps, IReadOnlyList<Law> laws) => (Kind, _mostSteps, Laws) = (kind, mostSteps, laws);

    /// <summary>One step from a fresh start: <c>plan.step</c>.</summary>
    public static PlanEntry Step { get; } = new("plan.step", 1, PlanLaws.OfSteps);

    /// <summary>Some steps in a row: <c>plan.trajectory</c>.</summary>
    public static PlanEntry Trajectory { get; } = new("plan.trajectory", 4, PlanLaws.OfTrajectories);

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Law> Laws { get; }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("m", 0, "model: 0 one block, 1 perceptron, 2 plain8, 3 resnet8"),
        new("t", 0, "method: 0 msr, 1 none, 2 batch norm") { Default = 0 },
        new("n", 1, "samples of a batch"),
        new("h", 4, "image height"),
        new("w", 4, "image width"),
        new("c", 1, "image channels"),
        new("d", 1, "channels of the first stage"),
        new("k", 2, "classes"),
        new("s", 1, "steps") { Default = 1 },
        new("a", 1, "batches whose gradients one step adds up") { Default = 1 },
        new("p", 0, "padding mode: 0 zero, 1 replicate, 2 reflect") { Default = 0 },
        new("e", 0, "shortcut: 0 averaged, 1 sub-sampled, 2 projection") { Default = 0 },
        new("z", 0, "noise: 0 none, 1 uniform, 2 Gaussian, 3 shift") { Default = 0 },
        new("r", 1, "learning rate in thousandths") { Default = 50 },
        new("o", 0, "momentum in hundredths, β1 with AdamW") { Default = 0 },
        new("v", 0, "1 for Nesterov") { Default = 0 },
        new("y", 0, "weight decay in ten-thousandths") { Default = 0 },
        new("l", 0, "largest gradient norm in tenths, 0 for no clipping") { Default = 0 },
        new("j", 0, "label smoothing in hundredths") { Default = 0 },
        new("u", 0, "1 for AdamW") { Default = 0 },
    ];

    /// <summary>Images round 0, or round 3: with a common mode.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } = [ValueClass.Normal, ValueClass.Normal, ValueClass.Common];

    /// <inheritdoc/>
    public override TestCase Create(CaseDescriptor descriptor) => new PlanCase(this, descriptor);

    /// <inheritdoc/>
    protected override ParameterSet DrawParameters(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        int method = draws.OneOf(0, 0, 0, 1, 2);

        int model = draws.OneOf(0, 1, 2, 3, 3), padding = draws.OneOf(0, 0, 1, 2);

        // A reflection needs two elements, in the last stage too.
        int least = model >= 2 && padding == 2 ? 5 : 4;

        // Statistics of a handful of numbers are so ill-conditioned that no two precisions agree on them.
        bool normalizes = method == 2;
        int h = normalizes ? 8 : draws.Between(least, 9), w = normalizes ? 8 : draws.Between(least, 9);
        return Set(
            ("m", model), ("t", method), ("n", normalizes ? draws.Between(4, 6) : draws.OneOf(1, 2, 3, 5, 9, 17)),
            ("h", h), ("w", w), ("c", draws.Between(1, 3)), ("d", draws.Between(1, 4)), ("k", draws.Between(2, 5)),
            ("s", draws.Between(1, _mostSteps)), ("a", draws.OneOf(1, 1, 2, 3)), ("p", padding), ("e", draws.Between(0, 2)),
            ("z", draws.Between(0, 3)), ("r", draws.OneOf(1, 10, 50)), ("o", draws.OneOf(0, 50, 90)), ("v", draws.Between(0, 1)),
            ("y", draws.OneOf(0, 5)), ("l", draws.OneOf(0, 1, 10)), ("j", draws.OneOf(0, 10)),
            ("u", draws.OneOf(0, 0, 1)));
    }
}
