namespace Msr.Cuda.Emulation;

/// <summary>What was made and not yet given back, by kind. All 0 once everything was disposed of; anything else is a leak.</summary>
public sealed record LiveHandles
{
    /// <summary>Times that a primary context was retained and not released.</summary>
    public int ContextRetains { get; init; }

    /// <summary>Streams.</summary>
    public int Streams { get; init; }

    /// <summary>Events.</summary>
    public int Events { get; init; }

    /// <summary>Modules.</summary>
    public int Modules { get; init; }

    /// <summary>Blocks of device memory.</summary>
    public int Allocations { get; init; }

    /// <summary>Blocks of pinned host memory.</summary>
    public int Pinned { get; init; }

    /// <summary>Captures that were begun and not ended.</summary>
    public int Captures { get; init; }

    /// <summary>Graphs.</summary>
    public int Graphs { get; init; }

    /// <summary>Executable graphs.</summary>
    public int GraphExecutables { get; init; }

    /// <summary>cuBLAS handles.</summary>
    public int Cublas { get; init; }

    /// <summary>cuDNN handles.</summary>
    public int Cudnn { get; init; }

    /// <summary>cuDNN descriptors of tensors, filters and convolutions.</summary>
    public int Descriptors { get; init; }

    /// <summary>All of them.</summary>
    public int Total =>
        ContextRetains + Streams + Events + Modules + Allocations + Pinned + Captures + Graphs + GraphExecutables + Cublas + Cudnn + Descriptors;

    /// <summary>The kinds of which something is left, or "nothing".</summary>
    public override string ToString()
    {
        (int Count, string Kind)[] kinds =
        [
            (ContextRetains, "context retains"), (Streams, "streams"), (Events, "events"), (Modules, "modules"), (Allocations, "allocations"),
            (Pinned, "pinned blocks"), (Captures, "open captures"), (Graphs, "graphs"), (GraphExecutables, "executable graphs"),
            (Cublas, "cuBLAS handles"), (Cudnn, "cuDNN handles"), (Descriptors, "descriptors"),
        ];
        string left = string.Join(", ", kinds.Where(kind => kind.Count != 0).Select(kind => $"{kind.Count} {kind.Kind}"));
        return left.Length == 0 ? "nothing" : left;
    }
}
