using System.Collections.Immutable;

namespace Msr.Core.Checkpoints;

/// <summary>
/// Checks that the tensors of a header tile the data of the file: each as long as its shape says, none over another, no byte left.
/// </summary>
internal static class SafetensorsLayout
{
    /// <summary>Returns the entries in the order of their data.</summary>
    internal static IReadOnlyList<SafetensorsEntry> Check(
        IReadOnlyList<SafetensorsEntry> entries,
        long dataStart,
        long dataLength,
        string file)
    {
        foreach (SafetensorsEntry entry in entries)
        {
            CheckSpan(entry, dataStart, dataLength, file);
        }

        // The sort is stable, and an empty tensor comes before one that begins at the same byte.
        ImmutableArray<SafetensorsEntry> sorted = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long end = 0;
        SafetensorsEntry? last = null;
        foreach (SafetensorsEntry entry in sorted)
        {
            if (entry.Begin != end)
            {
                string name = Where(entry), before = Where(last);
                string problem = entry.Begin < end
                    ? $"{name} begins at byte {dataStart + entry.Begin}, within {before}, which ends at byte {dataStart + end}"
                    : $"{entry.Begin - end} bytes at byte {dataStart + end}, between {before} and {name}, belong to no tensor";
                throw CheckpointException.Malformed(file, problem);
            }

            end = entry.End;
            last = entry;
        }

        return end == dataLength
            ? sorted
            : throw CheckpointException.Malformed(
                file,
                $"{dataLength - end} bytes at byte {dataStart + end}, after {Where(last)}, belong to no tensor");
    }

    private static void CheckSpan(SafetensorsEntry entry, long dataStart, long dataLength, string file)
    {
        if (entry.Begin > entry.End)
        {
            throw CheckpointException.Malformed(
                file,
                $"data_offsets of {Where(entry)} begin at {entry.Begin} and end before that, at {entry.End}");
        }

        if (entry.End > dataLength)
        {
            throw CheckpointException.Malformed(
                file,
                $"{Where(entry)} ends at {entry.End} of the data, but the data, from byte {dataStart} on, are only {dataLength} bytes");
        }

        long? byteLength = ByteLength(entry);
        if (byteLength is null)
        {
            throw CheckpointException.Malformed(file, $"{Shape(entry)}, which is more bytes than 64 bits can count");
        }

        if (byteLength != entry.End - entry.Begin)
        {
            throw CheckpointException.Malformed(
                file,
                $"{Shape(entry)}, which takes {byteLength} bytes, but its data_offsets span {entry.End - entry.Begin}");
        }

        if (byteLength > Array.MaxLength)
        {
            throw new CheckpointException(
                CheckpointFault.Unsupported,
                file,
                $"{Shape(entry)}, which takes {byteLength} bytes, above the {Array.MaxLength} that one tensor may take here; split it");
        }
    }

    private static string Where(SafetensorsEntry? entry) =>
        entry is { } tensor ? $"tensor {CheckpointException.Quote(tensor.Name)}" : "the header";

    private static string Shape(SafetensorsEntry entry) =>
        $"{Where(entry)} is {DtypeTable.Name(entry.Dtype)} {CheckpointTensor.Text(entry.Shape)}";

    private static long? ByteLength(SafetensorsEntry entry)
    {
        Int128 length = DtypeTable.Size(entry.Dtype);
        foreach (long extent in entry.Shape)
        {
            // Both factors are below 2⁶³, so 128 bits hold the product.
            length *= extent;
            if (length > long.MaxValue)
            {
                return null;
            }
        }

        return (long)length;
    }
}
