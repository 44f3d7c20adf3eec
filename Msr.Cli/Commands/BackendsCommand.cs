using System.CommandLine;
using System.Numerics;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Msr.Core.Training;
using Spectre.Console;

namespace Msr.Cli.Commands;

/// <summary><c>msr backends</c>: which backends can run here, and why the others cannot.</summary>
internal static class BackendsCommand
{
    private const string Description = """
        List the backends: the device each would run on here, or why it is not available.

        Example:
          msr backends
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("backends", Description);
        TableOptions table = TableOptions.Add(command, RunConfiguration.Default, "--cuda-folder");
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            string? folder = table.Read(parse).LibraryFolder;
            BackendResult[] results = [.. Try(Backends.Catalog<float>(), "float32", folder), .. Try(Backends.Catalog<double>(), "float64", null)];
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
        Table table = Tables.Create("backend", "precision", "runs on", "purpose");
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
