using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The four pooling ops.</summary>
/// <param name="kind">The kind.</param>
/// <param name="accumulates">Whether the op can accumulate.</param>
/// <param name="create">Makes a case.</param>
internal sealed class PoolEntry(string kind, bool accumulates, Func<OpEntry, CaseDescriptor, OpCase> create) : OpEntry
{
    public static PoolEntry MaxForward { get; } = new(
        MaxPoolForward<double>.Kind, accumulates: false, static (entry, d) => new MaxPoolForwardCase(entry, d));

    public static PoolEntry MaxBackward { get; } = new(
        MaxPoolBackward<double>.Kind, accumulates: true, static (entry, d) => new MaxPoolBackwardCase(entry, d));

    public static PoolEntry MeanForward { get; } = new(
        MeanPoolForward<double>.Kind, accumulates: false, static (entry, d) => new MeanPoolForwardCase(entry, d));

    public static PoolEntry MeanBackward { get; } = new(
        MeanPoolBackward<double>.Kind, accumulates: true, static (entry, d) => new MeanPoolBackwardCase(entry, d));

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("n", 1, "samples"),
        new("c", 1, "channels"),
        new("h", 1, "input height"),
        new("w", 1, "input width"),
        new("r", 1, "window height"),
        new("s", 1, "window width"),
        new("u", 1, "vertical stride"),
        new("v", 1, "horizontal stride"),
        new("p", 0, "padding above and below"),
        new("q", 0, "padding to the left and right"),
        new("l", 0, "1 where a last window that is partly inside counts") { Default = 0 },
        new("i", 0, "1 where a mean counts padding") { Default = 0 },
        .. accumulates ? [AccumulateParameter] : Array.Empty<Parameter>(),
    ];

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a window larger than the padded input", typeof(ArgumentOutOfRangeException), static () => _ = new PoolGeometry(2, 2, 1, (3, 3), (1, 1))),
        new("padding above half the window", typeof(ArgumentOutOfRangeException), static () => _ = new PoolGeometry(4, 4, 1, (2, 2), (1, 1), (2, 0))),
        new("an output of another shape", typeof(ShapeMismatchException), static () =>
        {
            PoolGeometry g = new(4, 4, 2, (2, 2), (2, 2));
            HostOperands<double> at = new();
            _ = new MeanPoolForward<double>(g, at.Real("x", g.Input(2)), at.Real("y", g.Output(1)));
        }),
    ];

    /// <summary>The geometry of a set of parameters.</summary>
    public static PoolGeometry Geometry(ParameterSet p) =>
        new(p["h"], p["w"], p["c"], (p["r"], p["s"]), (p["u"], p["v"]), (p["p"], p["q"]), p.Flag("l"), p.Flag("i"));

    /// <summary>A case of given parameters.</summary>
    public OpCase Case(params IReadOnlyList<(string, int)> given) => create(this, new CaseDescriptor(Kind, Set(given), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        (int r, int s) = (draws.Between(1, 4), draws.Between(1, 4));
        (int p, int q) = (draws.Between(0, r / 2), draws.Between(0, s / 2));
        int h = Math.Max(1, r - (2 * p)) + draws.Small(0, 12), w = Math.Max(1, s - (2 * q)) + draws.Small(0, 12);
        (string, int)[] given =
        [
            ("n", draws.Between(1, 3)), ("c", draws.Channels()), ("h", h), ("w", w), ("r", r), ("s", s),
            ("u", draws.Between(1, 3)), ("v", draws.Between(1, 3)), ("p", p), ("q", q), ("l", draws.Between(0, 1)), ("i", draws.Between(0, 1)),
        ];
        return Set([.. given, .. accumulates ? [(Accumulate, draws.OneOf(0, 0, 0, 1))] : Array.Empty<(string, int)>()]);
    }
}
