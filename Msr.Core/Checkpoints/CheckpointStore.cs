namespace Msr.Core.Checkpoints;

/// <summary>Saves and loads checkpoints as safetensors files that other programs can read too.</summary>
public static class CheckpointStore
{
    /// <summary>Writes a checkpoint, replacing the file as a whole or not at all; the same checkpoint gives the same bytes.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="checkpoint">What to write; elements are fetched tensor by tensor, in the order given.</param>
    /// <exception cref="ArgumentException">A parameter's name begins with <c>optimizer/</c>, or a text is no valid Unicode.</exception>
    /// <exception cref="StorageException">The disk is full, gone or not permitted; the old file is untouched.</exception>
    public static void Save(string path, Checkpoint checkpoint) => SafetensorsWriter.Write(path, CheckpointFormat.Encode(checkpoint));

    /// <summary>Writes a checkpoint to a stream.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="checkpoint">What to write.</param>
    /// <exception cref="ArgumentException">A parameter's name begins with <c>optimizer/</c>, or a text is no valid Unicode.</exception>
    public static void Save(Stream stream, Checkpoint checkpoint) => SafetensorsWriter.Write(stream, CheckpointFormat.Encode(checkpoint));

    /// <summary>Reads a checkpoint, or the weights in a safetensors file that another program wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is missing, malformed, or of a version this program does not know.</exception>
    /// <exception cref="StorageException">The disk failed, or reading is not permitted.</exception>
    public static Checkpoint Load(string path) => CheckpointFormat.Decode(SafetensorsReader.Read(path), path);

    /// <summary>Reads a checkpoint from a stream, forward only.</summary>
    /// <param name="stream">The stream, at the beginning of the checkpoint; it stays open.</param>
    /// <param name="length">The number of bytes of the checkpoint.</param>
    /// <param name="displayName">How messages call the source.</param>
    /// <exception cref="CheckpointException">The content is malformed, or of a version this program does not know.</exception>
    /// <exception cref="StorageException">The stream failed.</exception>
    public static Checkpoint Load(Stream stream, long length, string displayName) =>
        CheckpointFormat.Decode(SafetensorsReader.Read(stream, length, displayName), displayName);
}
