using System.Collections.Immutable;

namespace Msr.Cli.Output;

/// <summary>What <c>msr predict</c> says of a picture.</summary>
internal sealed record PredictResult(string File, int Class, string ClassName, double Probability, ImmutableArray<ClassProbability> Top);
