namespace Msr.Cli.Output;

/// <summary>What <c>msr eval</c> found.</summary>
internal sealed record EvalResult(string Checkpoint, string Data, string Backend, int Images, double TestAccuracy, double TestLoss);
