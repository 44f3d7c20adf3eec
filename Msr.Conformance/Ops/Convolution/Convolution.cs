using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.Convolution;

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
        new("batch", 1, "samples"),
        new("groups", 1, "groups") { Default = 1 },
        new("in", 1, "input channels") { MultipleOf = "groups" },
        .. Parameter.Pair("image", 1, "extent of the input"),
        new("out", 1, "output channels") { MultipleOf = "groups" },
        .. Parameter.Pair("filter", 1, "extent of a filter"),
        .. Parameter.Pair("stride", 1, "stride", 1),
        new("pad.top", 0, "padding above") { Default = 0 },
        new("pad.left", 0, "padding to the left") { Default = 0 },
        new("pad.bottom", 0, "padding below") { Default = 0 },
        new("pad.right", 0, "padding to the right") { Default = 0 },
        .. Parameter.Pair("dilation", 1, "dilation", 1),
        Parameter.Choice("padding-mode", "what stands beyond the border", "zero", "replicate", "reflect"),
        AccumulateParameter,
    ];

    public override IReadOnlyList<Law> OwnLaws => ConvolutionLaws.All;

    public override IReadOnlyList<Fault> Faults => ConvolutionFaults.All;

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
    public static ConvGeometry Geometry(ParameterSet p) => new(
        p["image.height"], p["image.width"], p["in"], p["out"], p["filter.height"], p["filter.width"], p.Pair("stride"),
        new Border(p["pad.top"], p["pad.left"], p["pad.bottom"], p["pad.right"]), p.Pair("dilation"), p["groups"], (PaddingMode)p["padding-mode"]);

    /// <summary>The parameters of a geometry.</summary>
    public ParameterSet Parameters(ConvGeometry g, int n, bool accumulate = false) => Set(
        ("batch", n), ("groups", g.Groups), ("in", g.C), ("image.height", g.H), ("image.width", g.W), ("out", g.K), ("filter.height", g.R), ("filter.width", g.S), ("stride.height", g.StrideH), ("stride.width", g.StrideW),
        ("pad.top", g.Padding.Top), ("pad.left", g.Padding.Left), ("pad.bottom", g.Padding.Bottom), ("pad.right", g.Padding.Right), ("dilation.height", g.DilationH), ("dilation.width", g.DilationW),
        ("padding-mode", (int)g.Mode), (Accumulate, accumulate ? 1 : 0));

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

    /// <summary>Geometries that backends compute by tiles: 3×3 taps at stride 1 and many channels, on planes that end within a tile and on its edge.</summary>
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

/// <summary>A case of one of the three convolutions.</summary>
internal abstract class ConvolutionCase : OpCase
{
    private protected ConvolutionCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Geometry = ConvolutionEntry.Geometry(descriptor.Parameters);
        (N, Adds) = (descriptor.Parameters["batch"], descriptor.Parameters.Flag(AccumulateKey));
    }

    /// <summary>The geometry.</summary>
    public ConvGeometry Geometry { get; }

    /// <summary>Samples.</summary>
    public int N { get; }

    /// <summary>Whether the case accumulates.</summary>
    public bool Adds { get; }

    public sealed override bool HasStatisticalLine => true;

    public sealed override long Flops => 2L * N * Geometry.P * Geometry.Q * Geometry.K * Geometry.GroupC * Geometry.Taps;

    public sealed override int AccumulationLength => Products;

    public sealed override long StructuralZeros => Untouched();

    public sealed override (WindowAxis Rows, WindowAxis Columns)? Windows => (
        new WindowAxis(Geometry.H, Geometry.P, Geometry.StrideH, Geometry.Padding.Top, ((Geometry.R - 1) * Geometry.DilationH) + 1),
        new WindowAxis(Geometry.W, Geometry.Q, Geometry.StrideW, Geometry.Padding.Left, ((Geometry.S - 1) * Geometry.DilationW) + 1));

    public sealed override string? SampleParameter => IsBackwardFilter ? null : "batch";

    public sealed override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(rounding);
        return rounding.WinogradTile == 0 ? base.Bound(operand, truth, rounding) : WinogradBound(truth, new WinogradBounds(rounding), Adds ? truth.Input(operand) : null);
    }

    /// <summary>Sparse integers, those that meet the constants 1/4, 1/6, 1/12 and 1/24 in both dimensions being multiples of 24².</summary>
    public sealed override (CaseData Data, Func<Truth, double[]> Weights)? TransformedIntegers()
    {
        const int Denominator = 24 * 24, Sparse = 8;
        Draws draws = new(new RandomStream(Descriptor.Seed).Split("transformed"));
        string scaled = IsBackwardFilter ? "x" : "w";
        CaseData data = Draw(ValueClass.Integers);
        foreach ((string operand, double[] values) in data.Reals.ToArray())
        {
            int scale = operand == scaled ? Denominator : 1;
            data = data.With(operand, Array.ConvertAll(values, _ => draws.Between(0, Sparse - 1) == 0 ? scale * draws.OneOf(-1, 1) : 0.0));
        }

        return (data, truth => WinogradBound(truth, new WinogradBounds(Rounding.OfTruth) { WeighsOnly = true }, null));
    }

    /// <summary>The matrix product that a convolution with filters of one tap is, and the operands that are its factors.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="rows">Samples times elements of a plane.</param>
    public abstract (OpCase Product, string Left, string Right) AsProduct(ConvGeometry g, int rows);

    /// <summary>The bound by Winograd's transforms.</summary>
    protected abstract double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old);

    /// <summary>An element of a plane [n, rows, columns, channels], 0 outside.</summary>
    protected static double At(double[] plane, (int Rows, int Columns, int Channels) extent, int n, int row, int column, int channel) =>
        row >= 0 && column >= 0 && row < extent.Rows && column < extent.Columns
            ? plane[(((((n * extent.Rows) + row) * extent.Columns) + column) * extent.Channels) + channel]
            : 0;

    /// <summary>Products of one result, at most.</summary>
    protected abstract int Products { get; }

    public sealed override int Roundings(string operand) => Products + (Adds ? 1 : 0);

    public sealed override bool IsSecondFactor(string operand) => operand is "w" or "dy";

    public sealed override bool IsPerSample(string operand) => operand != "w";

    /// <summary>Whether a padded zero times a NaN or an infinite filter tap is NaN or nothing is left open; so filters take none.</summary>
    public sealed override bool TakesSpecialValues(string operand) => operand != "w" && (operand != "dy" || !IsBackwardFilter);

    /// <summary>Whether this is the op whose second factor meets padded zeros of the first.</summary>
    protected virtual bool IsBackwardFilter => false;

    /// <summary>The same geometry and seed as a case of another of the three convolutions.</summary>
    protected OpCase As(ConvolutionEntry other) => other.Case(Geometry, N, seed: Descriptor.Seed);

    /// <summary>Results that no product reaches, unless the op accumulates.</summary>
    protected virtual long Untouched() => 0;
}
