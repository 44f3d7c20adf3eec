using Msr.Conformance.Faults;
using Msr.Core.Backends;

namespace Msr.Cli.Arguments;

/// <summary>A backend as the command line names it, after <c>--backend</c>.</summary>
internal static class BackendArguments
{
    /// <summary>In one line, for people to copy.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="fault">A known defect that is planted in it; null for none.</param>
    public static string Of(BackendRequest backend, Fault? fault = null) => string.Join(' ', Split(backend, fault));

    /// <summary>One by one, for a process.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="fault">A known defect that is planted in it; null for none.</param>
    public static IEnumerable<string> Split(BackendRequest backend, Fault? fault = null)
    {
        List<string> arguments = [backend.Name];
        Add("--device", backend.Device > 0 ? backend.Device : null);
        Add("--cuda-folder", backend.LibraryFolder);
        Add("--fault", fault);
        return arguments;

        void Add(string option, object? value) => arguments.AddRange(value is null ? [] : [option, $"{value}"]);
    }
}
