using System.Text.Json.Serialization;

namespace Msr.Cli.Output;

/// <summary>How results are written as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvalResult))]
[JsonSerializable(typeof(PredictResult[]))]
[JsonSerializable(typeof(BackendResult[]))]
[JsonSerializable(typeof(InspectResult))]
[JsonSerializable(typeof(FetchReport))]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(VerifyKindResult[]))]
[JsonSerializable(typeof(BenchResult[]))]
internal sealed partial class CliJson : JsonSerializerContext;
