using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli;

/// <summary>What <c>msr train</c> does when it is not told otherwise: the one place for it.</summary>
internal static class Defaults
{
    /// <summary>The data set.</summary>
    public const string Data = "fashion-mini";

    /// <summary>The backend.</summary>
    public const string Backend = "cpu";

    /// <summary>Where runs without <c>--out</c> go.</summary>
    public const string RunsFolder = "runs";

    /// <summary>Steps between two reports of progress; part of what makes runs reproducible, see <see cref="TrainingState.ReportTotals"/>.</summary>
    public const int LogEvery = 10;

    /// <summary>Model, budget and recipe.</summary>
    public static TrainingOptions Options { get; } = new()
    {
        Model = "resnet8",
        Width = 8,
        Method = "msr",
        Epochs = 10,
        Batch = 128,
        Schedule = Schedule.OneCycle,
    };

    /// <summary>The augmentation that suits a data set: garments and things may be mirrored, digits may not.</summary>
    /// <param name="data">The name of the set.</param>
    public static Augmentation AugmentationOf(string data) => data switch
    {
        "fashion-mini" or "fashion-mnist" => new Augmentation(Flip: true, CropPadding: 0),
        "cifar10" => Augmentation.Standard,
        _ => Augmentation.None,
    };
}
