using System.Numerics;
using System.Runtime.InteropServices;
using Msr.Core.Plans;

namespace PropertyTests.Data;

/// <summary>Batches as text that can be compared, a line a sample.</summary>
internal static class Contents
{
    internal static string Of<T>(Batch<T> batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => string.Join('\n', Enumerable.Range(0, batch.Count).Select(
            place => $"{batch.SampleIndices[place]} {batch.Labels[place]} {Convert.ToHexString(MemoryMarshal.AsBytes(batch.ImageAt(place)))}"));
}
