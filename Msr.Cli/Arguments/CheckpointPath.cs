using System.CommandLine;
using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli.Arguments;

/// <summary>How commands are told which checkpoint: a file, or the directory of a run, which stands for its last.</summary>
internal static class CheckpointPath
{
    /// <summary>The argument.</summary>
    public static Argument<string> Argument()
    {
        Argument<string> argument =
            new("CHECKPOINT") { Description = "A checkpoint file, or the directory of a run for its last.", HelpName = "CHECKPOINT" };
        argument.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value.Length: 0 }])
            {
                result.AddError("CHECKPOINT takes a checkpoint file or the directory of a run; got nothing.");
            }
        });
        return argument;
    }

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
            return IsSame(run, card) ? (run.Data, run.DataFolder) : (card.Data, null);
        }
        catch (RunDirectoryException)
        {
            return (card.Data, null);
        }
    }

    /// <summary>
    /// Whether a run is on the set of a checkpoint, which may have been put beside it. A folder gives its name to its set, unless the set is
    /// known by another; a run on a part of the set has another checksum than the whole.
    /// </summary>
    private static bool IsSame(RunConfiguration run, ModelCard card) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Data)) == card.Data
        || run.TrainChecksum == card.DataChecksum
        || run.TrainChecksum == KnownDataset.Find(card.Data)?.TrainChecksum;
}
