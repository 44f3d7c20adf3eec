using Msr.Conformance.Cases;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

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
