using System.Buffers.Binary;

namespace Msr.Core.Checkpoints;

/// <summary>
/// Reads the safetensors format from a source nobody vouches for. Everything the header says is checked against the length of the file
/// before memory for a tensor is allocated, so a damaged or hostile file costs at most a small multiple of its own length.
/// </summary>
public static class SafetensorsReader
{
    private const int PrefixLength = sizeof(ulong);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is missing, breaks the format, or holds a type Msr does not read.</exception>
    /// <exception cref="StorageException">The disk failed, or reading is not permitted.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = Open(path);
        return Read(stream, stream.Length, path);
    }

    /// <summary>Reads from a stream, forward only.</summary>
    /// <param name="stream">The stream, at the beginning of the content; it stays open.</param>
    /// <param name="length">The number of bytes of the content, from the current position on.</param>
    /// <param name="displayName">How messages call the source.</param>
    /// <exception cref="CheckpointException">The content breaks the format, or has elements of a type Msr does not read.</exception>
    /// <exception cref="StorageException">The stream failed.</exception>
    public static SafetensorsFile Read(Stream stream, long length, string displayName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        SafetensorsHeader.RequireLittleEndian();
        int headerLength = ReadHeaderLength(stream, length, displayName);
        SafetensorsHeader header = SafetensorsHeader.Parse(ReadBytes(stream, headerLength, PrefixLength, displayName), displayName);
        long dataStart = PrefixLength + headerLength;
        IReadOnlyList<SafetensorsEntry> entries = SafetensorsLayout.Check(header.Entries, dataStart, length - dataStart, displayName);
        TensorSet tensors = new(entries.Select(entry => ReadTensor(stream, entry, dataStart, displayName)));
        return new SafetensorsFile(header.Metadata, tensors);
    }

    private static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            const string Problem = "is a directory, not a checkpoint; name a file in it, such as last.safetensors";
            throw new CheckpointException(CheckpointFault.Missing, path, Problem);
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            const string Problem = "there is no such file; check the path, or train to make one";
            throw new CheckpointException(CheckpointFault.Missing, path, Problem, cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Reading(path, cause);
        }
    }

    private static int ReadHeaderLength(Stream stream, long length, string file)
    {
        if (length < PrefixLength)
        {
            string problem = $"it ends at byte {length}, within the {PrefixLength} bytes that give the length of the header";
            throw CheckpointException.Malformed(file, problem);
        }

        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(stream, PrefixLength, position: 0, file));
        if (headerLength > (ulong)(length - PrefixLength))
        {
            throw CheckpointException.Malformed(
                file,
                $"the length of the header at byte 0 is {headerLength}, but only {length - PrefixLength} bytes follow it");
        }

        return headerLength <= SafetensorsHeader.LargestLength
            ? (int)headerLength
            : throw CheckpointException.Malformed(
                file,
                $"the length of the header at byte 0 is {headerLength}, above the format's limit of {SafetensorsHeader.LargestLength}");
    }

    private static CheckpointTensor ReadTensor(Stream stream, SafetensorsEntry entry, long dataStart, string file)
    {
        byte[] bytes = ReadBytes(stream, (int)(entry.End - entry.Begin), dataStart + entry.Begin, file);
        return CheckpointTensor.FromBytes(entry.Name, entry.Dtype, entry.Shape.AsSpan(), bytes);
    }

    private static byte[] ReadBytes(Stream stream, int count, long position, string file)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        try
        {
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (EndOfStreamException cause)
        {
            throw CheckpointException.Malformed(file, $"it ends within the {count} bytes that begin at byte {position}", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Reading(file, cause);
        }
    }
}
