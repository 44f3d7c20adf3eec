using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PropertyTests.Cli;

/// <summary>The program <c>msr</c> in a process of its own.</summary>
internal sealed partial class MsrProgram : IDisposable
{
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;

    private const int NoSuchProcess = 3;

    private static readonly string Host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "msr.dll");

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private MsrProgram(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal bool HasExited => _process.HasExited;

    internal static MsrProgram Start(string folder, string arguments) =>
        StartWith(folder, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    internal static MsrProgram StartWith(string folder, params string[] arguments)
    {
        // Whoever starts the tests in the background of a script may have signals ignored, and children inherit that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,TERM", Host, Assembly] : [Host, Assembly];
        ProcessStartInfo start = new(command[0]) { WorkingDirectory = folder };
        foreach (string argument in command.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return new MsrProgram(start);
    }

    internal static ProgramResult Run(string folder, string arguments)
    {
        using MsrProgram program = Start(folder, arguments);
        return program.Wait();
    }

    /// <summary>Runs the program where no file may grow beyond some KiB, as on a disk that is full.</summary>
    internal static ProgramResult RunWithSmallFiles(string folder, int kibibytes, string arguments)
    {
        ProcessStartInfo start = new("bash") { WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"trap '' XFSZ; ulimit -f {kibibytes}; exec '{Host}' '{Assembly}' {arguments}");

        // The runtime itself makes a large file in memory unless told not to.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using MsrProgram program = new(start);
        return program.Wait();
    }

    /// <summary>Sends a signal; a program that has ended meanwhile is none the worse.</summary>
    internal void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
        {
            Assert.Equal(NoSuchProcess, Marshal.GetLastPInvokeError());
        }
    }

    internal ProgramResult Wait()
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            _process.Kill();
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', _process.StartInfo.ArgumentList)} did not end."));
        }

        _process.WaitForExit();
        return new ProgramResult(_process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
