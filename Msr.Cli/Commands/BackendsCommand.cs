using System.CommandLine;
using System.Numerics;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Spectre.Console;

namespace Msr.Cli.Commands;

/// <summary><c>msr backends</c>: what can compute here, and why the rest cannot.</summary>
internal static class BackendsCommand
{
    private const string Description = """
        List the backends of this program: what they run on here, or why they are not available.

        Example:
          msr backends
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("backends", Description);
        Option<string> folder = CommonOptions.CudaFolder();
        command.Options.Add(folder);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            BackendResult[] results = [.. Try(Backends.Catalog<float>(), "float32", parse.GetValue(folder)), .. Try(Backends.Catalog<double>(), "float64", null)];
            outputOf(parse).Write(results, CliJson.Default.BackendResultArray, writer => Print(writer, results));
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<BackendResult> Try<T>(BackendCatalog<T> catalog, string precision, string? folder)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (BackendEntry<T> entry in catalog.Entries)
        {
            BackendRequest request = new(entry.Name) { LibraryFolder = folder };
            bool available = catalog.TryOpen(request, out IBackend<T>? backend, out string reason);
            using (backend)
            {
                yield return new BackendResult(
                    entry.Name, precision, entry.Purpose, available, backend?.Info.Device, backend?.Info.VectorBits, available ? null : reason)
                {
                    Libraries = entry.Libraries?.Invoke(request),
                };
            }
        }
    }

    private static void Print(TextWriter writer, BackendResult[] results)
    {
        Table table = Tables.Create("backend", "precision", "runs on", "what it is for");
        foreach (BackendResult result in results)
        {
            table.Row(result.Name, result.Precision, result.Device ?? $"not available: {result.Reason}", result.Purpose);
        }

        Tables.Print(writer, table);
        foreach (BackendResult result in results.Where(static result => result.Libraries is not null))
        {
            writer.WriteLine($"Libraries of {result.Name}:");
            foreach (string library in result.Libraries!)
            {
                writer.WriteLine($"  {library}");
            }
        }
    }
}
