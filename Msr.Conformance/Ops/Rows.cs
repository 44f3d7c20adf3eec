using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

/// <summary>An op on a tensor with channels last, [n, c] or [n, h, w, c].</summary>
internal abstract class RowsEntry : OpEntry
{
    /// <summary>Samples, image and channels; an image of one pixel where a text leaves it out.</summary>
    protected static ImmutableArray<Parameter> RowsSchema { get; } =
    [
        new("batch", 1, "samples"),
        .. Parameter.Pair("image", 1, "extent of the image", 1),
        new("channels", 1, "channels"),
    ];

    /// <summary>The tensor's shape.</summary>
    public static Shape Rows(ParameterSet p) => p["image.height"] * p["image.width"] == 1 ? new Shape(p["batch"], p["channels"]) : new Shape(p["batch"], p["image.height"], p["image.width"], p["channels"]);

    /// <summary>The parameters of a shape of rank 2 or 4.</summary>
    public static (string, int)[] Values(Shape shape) => shape.Rank == 2
        ? [("batch", shape[0]), ("channels", shape[1])]
        : [("batch", shape[0]), ("image.height", shape[1]), ("image.width", shape[2]), ("channels", shape[3])];

    /// <summary>Draws rows: few and many, channels round the widths of vectors.</summary>
    protected static (string, int)[] DrawRows(Draws draws) => draws.Flag()
        ? [("batch", draws.Small(1, 200)), ("channels", draws.Channels())]
        : [("batch", draws.Between(1, 5)), ("image.height", draws.Small(1, 12)), ("image.width", draws.Small(1, 12)), ("channels", draws.Channels())];
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
