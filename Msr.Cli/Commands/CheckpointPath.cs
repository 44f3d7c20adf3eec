using System.CommandLine;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary>How commands are told which checkpoint: a file, or the directory of a run, which stands for its last.</summary>
internal static class CheckpointPath
{
    /// <summary>The argument.</summary>
    public static Argument<string> Argument() =>
        new("CHECKPOINT") { Description = "A checkpoint file, or the directory of a run for its last.", HelpName = "CHECKPOINT" };

    /// <summary>The file that is meant.</summary>
    public static string Resolve(string path) => Directory.Exists(path) ? Path.Combine(path, "last.safetensors") : path;

    /// <summary>
    /// The data set that a checkpoint was trained on, and where named ones were looked for: as the run beside it says, since a folder's name
    /// alone finds nothing.
    /// </summary>
    public static (string Data, string? DataFolder) DataOf(string file, ModelCard card)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";
        try
        {
            RunConfiguration run = RunDirectory.ReadConfiguration(folder);
            return Path.GetFileName(run.Data) == card.Data ? (run.Data, run.DataFolder) : (card.Data, null);
        }
        catch (RunDirectoryException)
        {
            return (card.Data, null);
        }
    }
}
