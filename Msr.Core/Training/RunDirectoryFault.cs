namespace Msr.Core.Training;

/// <summary>Why a directory cannot be used for a run.</summary>
public enum RunDirectoryFault
{
    /// <summary>It holds another run, which is never overwritten.</summary>
    Occupied,

    /// <summary>Another process is training in it.</summary>
    Busy,

    /// <summary>It holds no run that could be resumed.</summary>
    Missing,

    /// <summary>A file in it breaks its format.</summary>
    Malformed,
}
