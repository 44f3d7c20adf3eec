using Msr.Core.Data;
using Msr.Core.Training;

namespace Msr.Cli.Training;

/// <summary>The data of a run, and what its configuration says of them.</summary>
/// <param name="Data">What is trained on and judged by.</param>
/// <param name="TrainChecksum">The checksum of the whole training set.</param>
/// <param name="TestChecksum">The checksum of the test set.</param>
internal sealed record RunData(TrainingData Data, string TrainChecksum, string TestChecksum)
{
    /// <summary>Loads the data of a run.</summary>
    /// <param name="configuration">The run.</param>
    public static RunData Load(RunConfiguration configuration)
    {
        DatasetPair pair = LoadPair(configuration.Data, configuration.DataFolder);
        ImageDataset train = configuration.Limit is { } limit ? pair.Train.Take(limit) : pair.Train;
        ImageDataset? validation = null;
        if (configuration.Validation > 0)
        {
            if (train.Count < 2)
            {
                throw new UsageException($"--validation needs at least 2 training images; there is {train.Count}.");
            }

            (train, validation) = train.Split(configuration.Validation, configuration.Options.Seed);
        }

        TrainingData data = new(train, pair.Test, pair.Standardization) { Validation = validation };
        return new RunData(data, pair.Train.Checksum, pair.Test.Checksum);
    }

    /// <summary>Loads a data set by name or from a folder.</summary>
    /// <param name="nameOrFolder">Its name or its folder.</param>
    /// <param name="dataFolder">Where named data sets are looked for; null for the usual place.</param>
    public static DatasetPair LoadPair(string nameOrFolder, string? dataFolder) =>
        dataFolder is null ? DatasetCatalog.Load(nameOrFolder) : DatasetCatalog.Load(nameOrFolder, dataFolder);

    /// <summary>Checks that a run that goes on has the data that it began with.</summary>
    /// <exception cref="DataException">It has not.</exception>
    public void Require(RunConfiguration configuration)
    {
        RequireEqual("training", configuration.Data, configuration.TrainChecksum, TrainChecksum);
        RequireEqual("test", configuration.Data, configuration.TestChecksum ?? TestChecksum, TestChecksum);
    }

    private static void RequireEqual(string part, string name, string expected, string got)
    {
        if (expected != got)
        {
            throw new DataException(
                DataProblem.Malformed,
                $"The {part} images of {name} are not those that the run began with: their checksum is {got}, config.json says {expected}; "
                + "put the old data back, or begin a new run.");
        }
    }
}
