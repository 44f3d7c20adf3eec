using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The three convolution ops: one geometry, three roles.</summary>
/// <param name="kind">The kind of the op.</param>
/// <param name="create">Makes a case of it.</param>
/// <param name="build">Builds the op for a geometry on tensors of given shapes, for error inputs.</param>
internal sealed class ConvolutionEntry(
    string kind,
    Func<ConvolutionEntry, CaseDescriptor, OpCase> create,
    Func<ConvGeometry, TensorRef<double>, TensorRef<double>, TensorRef<double>, Op<double>> build) : OpEntry
{
    /// <summary>Products that a generated case may have: reference loops take about a millisecond for as many.</summary>
    private const int Work = 300_000;

    public static ConvolutionEntry Forward { get; } = new(
        ConvForward<double>.Kind, static (entry, d) => new ConvForwardCase(entry, d), static (g, x, w, y) => new ConvForward<double>(g, x, w, y));

    public static ConvolutionEntry BackwardData { get; } = new(
        ConvBackwardData<double>.Kind, static (entry, d) => new ConvBackwardDataCase(entry, d), static (g, x, w, y) => new ConvBackwardData<double>(g, y, w, x));

    public static ConvolutionEntry BackwardFilter { get; } = new(
        ConvBackwardFilter<double>.Kind, static (entry, d) => new ConvBackwardFilterCase(entry, d), static (g, x, w, y) => new ConvBackwardFilter<double>(g, x, y, w));

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("n", 1, "samples"),
        new("g", 1, "groups") { Default = 1 },
        new("c", 1, "input channels") { MultipleOf = "g" },
        new("h", 1, "input height"),
        new("w", 1, "input width"),
        new("k", 1, "output channels") { MultipleOf = "g" },
        new("r", 1, "filter height"),
        new("s", 1, "filter width"),
        new("u", 1, "vertical stride"),
        new("v", 1, "horizontal stride"),
        new("p", 0, "padding above"),
        new("q", 0, "padding to the left"),
        new("b", 0, "padding below") { SameAs = "p" },
        new("t", 0, "padding to the right") { SameAs = "q" },
        new("d", 1, "vertical dilation") { Default = 1 },
        new("e", 1, "horizontal dilation") { Default = 1 },
        new("m", 0, "padding mode: 0 zero, 1 replicate, 2 reflect") { Default = 0 },
        AccumulateParameter,
    ];

    public override IReadOnlyList<Law> OwnLaws => ConvolutionLaws.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs
    {
        get
        {
            ConvGeometry g = new(3, 3, 2, 4, 2, 2);
            return
            [
                new("filters of another geometry", typeof(ShapeMismatchException), () => Build(g, g.Input(1), new Shape(4, 2, 2, 1), g.Output(1))),
                new("an output of another batch", typeof(ShapeMismatchException), () => Build(g, g.Input(2), g.Filter, g.Output(1))),
                new("an input of rank 3", typeof(ShapeMismatchException), () => Build(g, new Shape(3, 3, 2), g.Filter, g.Output(1))),
                new("a stride of 0", typeof(ArgumentOutOfRangeException), static () => _ = new ConvGeometry(3, 3, 1, 1, 1, 1, (0, 1))),
                new("a filter larger than the padded input", typeof(ArgumentOutOfRangeException), static () => _ = new ConvGeometry(2, 2, 1, 1, 4, 1)),
                new("groups that do not divide the channels", typeof(ArgumentException), static () => _ = new ConvGeometry(3, 3, 3, 4, 1, 1, groups: 2)),
                new("a reflection beyond the input", typeof(ArgumentException), static () => _ = new ConvGeometry(2, 2, 1, 1, 2, 2, padding: new Border(2), mode: PaddingMode.Reflect)),
            ];
        }
    }

    /// <summary>The geometry of a set of parameters.</summary>
    public static ConvGeometry Geometry(ParameterSet p) => p["m"] <= (int)PaddingMode.Reflect
        ? new ConvGeometry(
            p["h"], p["w"], p["c"], p["k"], p["r"], p["s"], (p["u"], p["v"]), new Border(p["p"], p["q"], p["b"], p["t"]), (p["d"], p["e"]), p["g"], (PaddingMode)p["m"])
        : throw new ArgumentException($"There is no padding mode {p["m"]}.");

    /// <summary>The parameters of a geometry.</summary>
    public ParameterSet Parameters(ConvGeometry g, int n, bool accumulate = false) => Set(
        ("n", n), ("g", g.Groups), ("c", g.C), ("h", g.H), ("w", g.W), ("k", g.K), ("r", g.R), ("s", g.S), ("u", g.StrideH), ("v", g.StrideW),
        ("p", g.Padding.Top), ("q", g.Padding.Left), ("b", g.Padding.Bottom), ("t", g.Padding.Right), ("d", g.DilationH), ("e", g.DilationW),
        ("m", (int)g.Mode), (Accumulate, accumulate ? 1 : 0));

    /// <summary>A case of a geometry.</summary>
    public OpCase Case(ConvGeometry g, int n, bool accumulate = false, ulong seed = 0) =>
        create(this, new CaseDescriptor(Kind, Parameters(g, n, accumulate), ValueClass.Normal, seed));

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        (int r, int s) = (draws.Between(1, 4), draws.Between(1, 4));
        (r, s) = draws.Between(0, 2) == 0 ? (3, 3) : (r, s);
        (int u, int v) = (draws.OneOf(1, 1, 2, 3), draws.OneOf(1, 1, 2, 3));
        (int d, int e) = (draws.OneOf(1, 1, 1, 2, 3), draws.OneOf(1, 1, 1, 2));
        Border padding = draws.Flag()
            ? new Border(draws.Between(0, 2))
            : new Border(draws.Between(0, 3), draws.Between(0, 3), draws.Between(0, 3), draws.Between(0, 3));
        PaddingMode mode = draws.OneOf(PaddingMode.Zero, PaddingMode.Zero, PaddingMode.Zero, PaddingMode.Replicate, PaddingMode.Reflect);
        int h = Extent(draws, ((r - 1) * d) + 1, padding.Top, padding.Bottom, mode);
        int w = Extent(draws, ((s - 1) * e) + 1, padding.Left, padding.Right, mode);
        ConvGeometry plane = new(h, w, 1, 1, r, s, (u, v), padding, (d, e), 1, mode);
        int n = draws.OneOf(1, 1, 2, 3, 5);

        // Channels fill what work is left: c is drawn first, k from what remains.
        int budget = Math.Max(1, Work / (n * plane.P * plane.Q * plane.Taps)), groups = draws.OneOf(1, 1, 1, 2, 3);
        int c = draws.Channels(Math.Max(1, budget / groups)), k = draws.Channels(Math.Max(1, budget / (groups * c)));
        ConvGeometry g = new(h, w, groups * c, groups * k, r, s, (u, v), padding, (d, e), groups, mode);
        bool accumulate = draws.Between(0, 3) == 0;
        return draws.Between(0, 7) == 0 ? DrawTiled(draws, accumulate) : Parameters(g, n, accumulate);
    }

    /// <summary>What backends compute by tiles: 3×3 taps at stride 1 and many channels, on planes that end within a tile and on its edge.</summary>
    private ParameterSet DrawTiled(Draws draws, bool accumulate)
    {
        if (draws.Between(0, 3) == 0)
        {
            // More tiles than a backend will sum in one go, at the least work.
            return Parameters(new ConvGeometry(5, 5, 16, 16, 3, 3, padding: new Border(1)), draws.Between(42, 48), accumulate);
        }

        (int c, int k) = (draws.OneOf(16, 16, 16, 32), draws.OneOf(16, 16, 16, 32));
        Border padding = draws.Flag() ? new Border(1) : new Border(draws.Between(0, 2), draws.Between(0, 2), draws.Between(0, 2), draws.Between(0, 2));
        int pixels = Work / (c * k * 9), n = draws.OneOf(1, 1, 2), h = draws.Between(4, 9);
        ConvGeometry g = new(h, Math.Clamp(pixels / (n * h), 4, draws.Between(4, 13)), c, k, 3, 3, padding: padding);
        return Parameters(g, n, accumulate);
    }

    private static int Extent(Draws draws, int span, int before, int after, PaddingMode mode)
    {
        int least = Math.Max(1, span - before - after);
        return (mode == PaddingMode.Reflect ? Math.Max(least, Math.Max(before, after) + 1) : least) + draws.Small(0, 17);
    }

    private void Build(ConvGeometry g, Shape x, Shape w, Shape y)
    {
        HostOperands<double> at = new();
        build(g, at.Real("x", x), at.Real("w", w), at.Real("y", y));
    }
}
