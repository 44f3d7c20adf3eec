namespace Msr.Cli.Output;

/// <summary>What <c>msr inspect</c> found.</summary>
internal sealed record InspectResult(
    string Checkpoint, string Model, string Method, string Data, long Step, LayerResult[] Layers, string? WithoutMeanShift);
