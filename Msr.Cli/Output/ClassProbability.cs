namespace Msr.Cli.Output;

/// <summary>How probable a class is.</summary>
internal sealed record ClassProbability(int Class, string ClassName, double Probability);
