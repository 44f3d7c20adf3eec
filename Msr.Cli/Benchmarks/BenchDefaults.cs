using Msr.Core.Models;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>What <c>msr bench</c> does when it is not told otherwise.</summary>
internal static class BenchDefaults
{
    /// <summary>Samples of each time.</summary>
    public const int Samples = 21;

    /// <summary>Seconds that one row may take.</summary>
    public const double Seconds = 20;

    /// <summary>Pixels of a side of the images of whole steps.</summary>
    public const int Image = 32;

    /// <summary>The suites, in their order.</summary>
    public static IReadOnlyList<string> Suites { get; } =
        [ConvSuite<float>.Name, TrainSuite<float>.Name, ForwardSuite<float>.Name, StepSuite<float>.Name, IsoclineSuite<float>.Name, StartSuite<float>.Name];

    /// <summary>The network of whole steps.</summary>
    public static TrainingOptions Network { get; } = new() { Model = "resnet20", Width = 16, Batch = 128 };

    /// <summary>The same network without the default width where the model has no convolutions, which would refuse it.</summary>
    /// <param name="network">The network as the user named it.</param>
    public static TrainingOptions Fit(TrainingOptions network) =>
        ModelCatalog.HasConvolutions(network.Model) ? network : network with { Width = ModelOptions.DefaultWidth };
}
