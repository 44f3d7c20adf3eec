using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

/// <summary>An op on a tensor with channels last, [n, c] or [n, h, w, c].</summary>
internal abstract class RowsEntry : OpEntry
{
    /// <summary>The parameters n, h, w and c; h and w are 1 where a text leaves them out.</summary>
    protected static ImmutableArray<Parameter> RowsSchema { get; } =
    [
        new("n", 1, "samples"),
        new("h", 1, "height") { Default = 1 },
        new("w", 1, "width") { Default = 1 },
        new("c", 1, "channels"),
    ];

    /// <summary>The tensor's shape.</summary>
    public static Shape Rows(ParameterSet p) => p["h"] * p["w"] == 1 ? new Shape(p["n"], p["c"]) : new Shape(p["n"], p["h"], p["w"], p["c"]);

    /// <summary>The parameters of a shape of rank 2 or 4.</summary>
    public static (string, int)[] Values(Shape shape) => shape.Rank == 2
        ? [("n", shape[0]), ("c", shape[1])]
        : [("n", shape[0]), ("h", shape[1]), ("w", shape[2]), ("c", shape[3])];

    /// <summary>Draws rows: few and many, channels round the widths of vectors.</summary>
    protected static (string, int)[] DrawRows(Draws draws) => draws.Flag()
        ? [("n", draws.Small(1, 200)), ("c", draws.Channels())]
        : [("n", draws.Between(1, 5)), ("h", draws.Small(1, 12)), ("w", draws.Small(1, 12)), ("c", draws.Channels())];
}

/// <summary>A case of an op on a tensor with channels last.</summary>
internal abstract class RowsCase : OpCase
{
    private protected RowsCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor) => Rows = RowsEntry.Rows(descriptor.Parameters);

    /// <summary>The tensor's shape.</summary>
    public Shape Rows { get; }

    /// <summary>One number per channel.</summary>
    public Shape PerChannel => new(Rows.Inner);

    /// <summary>Rows of the tensor seen as a matrix, n·h·w.</summary>
    public int Height => checked((int)(Rows.Length / Rows.Inner));

    public override long Flops => Rows.Length;
}
