using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;

namespace Msr.Conformance.Plans;

/// <summary>
/// Runs of update steps on one kernel with arbitrary gradients that carry common mode at least as large as detail: <c>isocline.trajectory</c>.
/// </summary>
internal sealed class TrajectoryEntry : CaseEntry
{
    public static TrajectoryEntry Instance { get; } = new();

    public override string Kind => "isocline.trajectory";

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("o", 1, "output channels"),
        new("t", 2, "taps of a slice"),
        new("i", 1, "input channels"),
        new("s", 1, "steps"),
        new("r", 1, "learning rate in thousandths"),
        new("m", 0, "momentum in hundredths, β1 with Adam") { Default = 0 },
        new("n", 0, "1 for Nesterov") { Default = 0 },
        new("d", 0, "weight decay in ten-thousandths") { Default = 0 },
        new("c", 0, "largest gradient norm in tenths, 0 for no clipping") { Default = 0 },
        new("a", 0, "1 for the direction of Adam") { Default = 0 },
    ];

    public override IReadOnlyList<Law> Laws { get; } = [new IsoclineLaw()];

    /// <summary>A trajectory makes its own gradients.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } = [ValueClass.Normal];

    public override TestCase Create(CaseDescriptor descriptor) => new TrajectoryCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(
        ("o", draws.Between(1, 5)), ("t", draws.OneOf(2, 3, 4, 9, 9, 9, 25)), ("i", draws.Between(1, 19)), ("s", draws.Between(1, 60)),
        ("r", draws.OneOf(1, 50, 400, 2000)), ("m", draws.OneOf(0, 50, 90, 99)), ("n", draws.Between(0, 1)), ("d", draws.OneOf(0, 5, 500)),
        ("c", draws.OneOf(0, 1, 10)), ("a", draws.OneOf(0, 0, 1)));
}
