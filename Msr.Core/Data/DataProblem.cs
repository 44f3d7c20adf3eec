namespace Msr.Core.Data;

/// <summary>What kind of trouble a <see cref="DataException"/> reports; a program may answer each with its own exit code.</summary>
public enum DataProblem
{
    /// <summary>A file or a folder is not there; the message says how to get it.</summary>
    Missing,

    /// <summary>A file is there, but its content is not what it should be.</summary>
    Malformed,

    /// <summary>A file is there, but the system could not read it: a permission or a device is in the way.</summary>
    Unreadable,
}
