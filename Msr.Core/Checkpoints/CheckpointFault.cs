namespace Msr.Core.Checkpoints;

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
