using System.CommandLine;
using Msr.Cli.Arguments;
using Msr.Cli.Datasets;
using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Core.Data;

namespace Msr.Cli.Commands;

/// <summary><c>msr data get</c>: fetches public data sets.</summary>
internal static class DataCommand
{
    private const string Description = """
        Fetch a public data set and verify its checksums.

        Examples:
          msr data get fashion-mnist
          msr data get cifar10 --out /data/cifar10
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("data", "Fetch public data sets. Example: msr data get cifar10");
        command.Subcommands.Add(CreateGet());
        return command;
    }

    private static Command CreateGet()
    {
        Command command = new("get", Description);
        string names = string.Join(", ", DatasetCatalog.Names);
        Argument<string> name = new("NAME") { Description = $"One of {names}.", HelpName = "NAME" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && KnownDataset.Find(text) is null)
            {
                result.AddError($"NAME takes one of {names}; got '{text}'.");
            }
        });
        Option<string> folder = OptionOf.Text("--out", $"Folder for the files. Default: {DatasetCatalog.DefaultFolder}/NAME.", "DIR");
        command.Arguments.Add(name);
        command.Options.Add(folder);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse => Get(parse.GetRequiredValue(name), parse.GetValue(folder), outputOf(parse)));
        return command;
    }

    private static int Get(string name, string? folder, ResultOutput output)
    {
        using StopSignal stop = new();
        ProgressPrinter printer = new();
        using ProgressWriter log = new(printer);
        try
        {
            FetchResult result = DatasetFetcher
                .FetchAsync(name, folder, new DirectProgress(printer), log, stop.Token).GetAwaiter().GetResult();
            printer.Close();
            output.Write(
                new FetchReport(name, result.Folder, result.Route, result.Message), CliJson.Default.FetchReport, writer => writer.WriteLine(result.Message));
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Code != 0)
        {
            printer.Close();
            Console.Error.WriteLine("Stopped; what was fetched so far is deleted.");
            return stop.Code;
        }
        finally
        {
            printer.Close();
        }
    }

    /// <summary>Prints on the thread that reports: what comes late must not be printed after the end.</summary>
    private sealed class DirectProgress(ProgressPrinter printer) : IProgress<FetchProgress>
    {
        private const double Mega = 1e6;

        public void Report(FetchProgress value)
        {
            string total = value.Total is { } bytes ? $" of {bytes / Mega:F1}" : "";
            printer.Update(value.Done > 0 ? $"{value.Activity}: {value.Done / Mega:F1}{total} MB" : value.Activity);
        }
    }
}
