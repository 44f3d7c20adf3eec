namespace Msr.Core.Checkpoints;

/// <summary>
/// A checkpoint cannot be used. The message is one sentence that names the file, what is wrong with it, where (a tensor, a byte), and
/// what to do about it.
/// </summary>
/// <param name="fault">Why.</param>
/// <param name="file">The file, as the caller named it.</param>
/// <param name="problem">What is wrong, where, and what to do, as a clause without a full stop.</param>
/// <param name="cause">The exception behind it, if there is one.</param>
public sealed class CheckpointException(CheckpointFault fault, string file, string problem, Exception? cause = null)
    : Exception($"{file}: {problem}.", cause)
{
    /// <summary>Why the checkpoint cannot be used.</summary>
    public CheckpointFault Fault { get; } = fault;

    /// <summary>The file, as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>A file that breaks the format.</summary>
    internal static CheckpointException Malformed(string file, string problem, Exception? cause = null) =>
        new(CheckpointFault.Malformed, file, $"{problem}; the file is damaged or not safetensors, take another copy or checkpoint", cause);

    /// <summary>Puts a name from a file into a message: short, on one line, without control characters.</summary>
    internal static string Quote(string text)
    {
        const int Longest = 80;
        string head = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
        return string.Concat("'", string.Create(head.Length, head, Clean), "'");

        static void Clean(Span<char> clean, string head)
        {
            for (int i = 0; i < clean.Length; i++)
            {
                clean[i] = char.IsControl(head[i]) || char.IsSurrogate(head[i]) ? '?' : head[i];
            }
        }
    }
}

/// <summary>Why a checkpoint cannot be used.</summary>
public enum CheckpointFault
{
    /// <summary>There is no such file, or not the tensor that was asked for.</summary>
    Missing,

    /// <summary>The file breaks the format: it is damaged, cut short or something else.</summary>
    Malformed,

    /// <summary>The file is well-formed but of a version or with an element type that this program does not know.</summary>
    Unsupported,

    /// <summary>The file is sound and belongs to another model.</summary>
    Mismatch,
}

/// <summary>
/// The disk failed: it is full, gone or not permitted. The message is one sentence that names the file, what the system said, and what
/// became of the file that was there before.
/// </summary>
/// <param name="file">The file, as the caller named it.</param>
/// <param name="problem">What failed and what to do, as a clause without a full stop.</param>
/// <param name="cause">What the system said.</param>
public sealed class StorageException(string file, string problem, Exception? cause = null)
    : IOException($"{file}: {problem}.", cause)
{
    /// <summary>The file, as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>
    /// Whether an exception is a failure of the disk that is not explained yet. A file that outgrows its file system is one too, though .NET
    /// reports it as an argument that is out of range.
    /// </summary>
    internal static bool IsRaw(Exception cause) => cause
        is (IOException and not StorageException)
        or UnauthorizedAccessException
        or ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" };

    /// <summary>A file of which only the end cannot be written.</summary>
    internal static StorageException Appending(string file, Exception cause) =>
        new(file, $"cannot be written ({Said(cause)}); {Advice(cause)} and resume", cause);

    /// <summary>A directory that cannot be made.</summary>
    internal static StorageException Making(string directory, Exception cause) =>
        new(directory, $"this directory cannot be made ({Said(cause)}); choose another one", cause);

    /// <summary>A file that cannot be written.</summary>
    internal static StorageException Writing(string file, bool hadOld, Exception cause)
    {
        string old = hadOld ? "the last good file of that name is still there, unchanged" : "there is no earlier file of that name";
        return new StorageException(file, $"cannot be written ({Said(cause)}); {old}, {Advice(cause)} and resume", cause);
    }

    /// <summary>A file that cannot be read.</summary>
    internal static StorageException Reading(string file, Exception cause) =>
        new(file, $"cannot be read ({Said(cause)}); {Advice(cause)} and try again", cause);

    private static string Said(Exception cause) =>
        cause is ArgumentException ? "it is too large for the file system" : cause.Message.TrimEnd('.', ' ');

    private static string Advice(Exception cause) => cause switch
    {
        UnauthorizedAccessException => "allow this user to use the directory, or name another one,",
        DirectoryNotFoundException => "create the directory",
        _ => "see that the disk is there and has room,",
    };
}
