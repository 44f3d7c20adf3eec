using System.Diagnostics;

namespace Msr.Cli.Benchmarks;

/// <summary>Runs this program in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Waits for the work of a process.</summary>
    /// <param name="request">What the process is asked for.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="CommandFailedException">It failed.</exception>
    public static ChildReport Run(BenchRequest request, ChildWork work, CancellationToken stop)
    {
        using Process process = Process.Start(Describe(request, work))!;
        using CancellationTokenRegistration registration = stop.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return process.ExitCode == ExitCode.Done && ChildReport.Read(output) is { } report
            ? report
            : throw new CommandFailedException(
                ExitCode.DeviceFailed, $"The process that was to take a step ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}");
    }

    private static ProcessStartInfo Describe(BenchRequest request, ChildWork work)
    {
        string path = Environment.ProcessPath!;
        ProcessStartInfo start = new(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(path) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (string argument in (IEnumerable<string>)["bench", .. BenchCommandLine.Options(request), "--child", $"{work}".ToLowerInvariant()])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
