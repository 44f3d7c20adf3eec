namespace Msr.Cli;

/// <summary>The program's exit codes.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A check failed.</summary>
    public const int CheckFailed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>Data, a backend or a checkpoint is missing or unusable.</summary>
    public const int Missing = 3;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 4;

    /// <summary>The disk or a device failed.</summary>
    public const int DeviceFailed = 5;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
