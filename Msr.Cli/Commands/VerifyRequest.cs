using Msr.Cli.Output;
using Msr.Conformance.Faults;
using Msr.Core.Backends;

namespace Msr.Cli.Commands;

/// <summary>The arguments of <c>msr verify</c>.</summary>
internal sealed record VerifyRequest
{
    /// <summary>Which backend, and how it is opened.</summary>
    public required BackendRequest Backend { get; init; }

    /// <summary>A backend that must give the same bits, checked instead of the laws; null for none.</summary>
    public BackendRequest? SameBitsAs { get; init; }

    /// <summary>A known defect to plant in the backend; null for none.</summary>
    public Fault? Fault { get; init; }

    /// <summary>The backend as the command line names it.</summary>
    public string BackendArguments =>
        $"{Arguments.BackendArguments.Of(Backend, Fault)}{(SameBitsAs is { } other ? $" --same-bits-as {other.Name}" : "")}";

    /// <summary>A pattern of kinds; null for all.</summary>
    public string? Pattern { get; init; }

    /// <summary>Cases to draw for each kind.</summary>
    public int Count { get; init; }

    /// <summary>The seed to draw from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Texts of cases, or ids of stored ones.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>A folder of stored cases; null for none.</summary>
    public string? StoredCases { get; init; }

    /// <summary>The folder for failing cases; null for none.</summary>
    public string? SaveFailing { get; init; }

    /// <summary>The file for the report that build servers read; null for none.</summary>
    public string? JUnit { get; init; }

    /// <summary>Cases at a time; 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>The destination of the result.</summary>
    public required ResultOutput Output { get; init; }

    /// <summary>Whether stdout is for JSON alone.</summary>
    public bool JsonOnly { get; init; }
}
