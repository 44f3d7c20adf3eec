using Msr.Conformance.Plans;
using Msr.Cli.Datasets;
using Msr.Conformance.Stored;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli;

/// <summary>The message and exit code of a command that fails: the one place where they are decided.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Message">One sentence, or a few.</param>
internal readonly record struct Failure(int Code, string Message)
{
    /// <summary>Explains an exception.</summary>
    public static Failure Of(Exception error) => error switch
    {
        CommandFailedException failed => new(failed.Code, failed.Message),
        UsageException => new(ExitCode.Usage, error.Message),
        RunDirectoryException { Fault: RunDirectoryFault.Occupied or RunDirectoryFault.Busy } => new(ExitCode.Usage, error.Message),
        DataException { Problem: DataProblem.Unreadable } => new(ExitCode.DeviceFailed, error.Message),
        DataException or CheckpointException or FetchException or RunDirectoryException or StoredFormatException => new(ExitCode.Missing, error.Message),
        TrainingDivergedException => new(ExitCode.Diverged, error.Message),
        StepCheckException => new(ExitCode.CheckFailed, error.Message),
        OperationCanceledException => new(ExitCode.Interrupted, "Stopped."),
        StorageException => new(ExitCode.DeviceFailed, error.Message),
        IOException or UnauthorizedAccessException => new(ExitCode.DeviceFailed, $"The disk failed: {error.Message.TrimEnd('.')}."),
        OutOfMemoryException => new(ExitCode.DeviceFailed, "There is not enough memory; choose a smaller --batch, --width or --model."),
        _ => new(
            ExitCode.DeviceFailed,
            $"This is a defect of msr, please report it with the output of --verbose: {error.GetType().Name}: {error.Message.TrimEnd('.')}."),
    };
}
