using System.ComponentModel;
using System.Diagnostics;

namespace Msr.Cli.Datasets;

/// <summary>Runs programs such as npm and apt-get, quietly.</summary>
internal static class ExternalProgram
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">The folder to run it in.</param>
    /// <param name="advice">What a user can do if it fails.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="FetchException">It is not installed, or it fails; the message has the last line of its complaint.</exception>
    internal static async Task RunAsync(
        string program, IEnumerable<string> arguments, string folder, string advice, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Start(start);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        await output;
        if (process.ExitCode != 0)
        {
            string command = $"{program} {string.Join(' ', start.ArgumentList)}";
            throw new FetchException($"`{command}` ended with code {process.ExitCode} ({LastLine(await complaint)}); {advice}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new FetchException($"{start.FileName} could not be started");
        }
        catch (Win32Exception error)
        {
            throw new FetchException($"{start.FileName} could not be started ({error.Message}); install it to use this route", error);
        }
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no message";
}
