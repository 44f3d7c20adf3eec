namespace Msr.Core.Data;

/// <summary>
/// Reports data that is missing, malformed or unreadable. The message is one sentence: the file, the byte, what is wrong there and what to
/// do about it.
/// </summary>
public sealed class DataException : Exception
{
    /// <summary>Creates the exception for a byte of a file.</summary>
    /// <param name="problem">The kind of trouble.</param>
    /// <param name="fileName">The file as the user knows it.</param>
    /// <param name="byteOffset">The offset from 0; of a gzip file, the offset in its uncompressed content.</param>
    /// <param name="complaint">What is wrong and what to do, without a full stop.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public DataException(DataProblem problem, string fileName, long byteOffset, string complaint, Exception? inner = null)
        : base($"{fileName}, byte {byteOffset}: {complaint}.", inner)
    {
        Problem = problem;
        FileName = fileName;
        ByteOffset = byteOffset;
    }

    /// <summary>Creates the exception for something that has no place in a file.</summary>
    /// <param name="problem">The kind of trouble.</param>
    /// <param name="message">The whole sentence.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public DataException(DataProblem problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>The kind of trouble.</summary>
    public DataProblem Problem { get; }

    /// <summary>The file, or null where no single file is to blame.</summary>
    public string? FileName { get; }

    /// <summary>The offset of the trouble in the file's content, or null.</summary>
    public long? ByteOffset { get; }
}

/// <summary>The kind of problem that a <see cref="DataException"/> reports; a program may answer each with its own exit code.</summary>
public enum DataProblem
{
    /// <summary>A file or a folder is not there; the message says how to get it.</summary>
    Missing,

    /// <summary>A file is there, but its content is not what it should be.</summary>
    Malformed,

    /// <summary>A file is there, but the system could not read it: a permission or a device is in the way.</summary>
    Unreadable,
}
