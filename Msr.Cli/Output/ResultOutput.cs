using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Msr.Core.Checkpoints;

namespace Msr.Cli.Output;

/// <summary>The destination of results: text or JSON on stdout, and JSON to a file if asked for.</summary>
/// <param name="asJson">Whether stdout gets JSON in the place of text.</param>
/// <param name="file">The file for JSON, or null.</param>
internal sealed class ResultOutput(bool asJson, string? file)
{
    /// <summary>Whether stdout is for JSON alone.</summary>
    public bool IsJson => asJson;

    /// <summary>Puts a result out.</summary>
    /// <typeparam name="V">The type of the result.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="type">How it is written as JSON.</param>
    /// <param name="writeText">Writes it for people.</param>
    public void Write<V>(V result, JsonTypeInfo<V> type, Action<TextWriter> writeText)
    {
        string json = asJson || file is not null ? JsonSerializer.Serialize(result, type) : "";
        if (asJson)
        {
            Console.Out.WriteLine(json);
        }
        else
        {
            writeText(Console.Out);
        }

        // Last: whatever becomes of the file, the result is told.
        if (file is not null)
        {
            Save(file, json);
        }
    }

    private static void Save(string file, string json)
    {
        try
        {
            AtomicFile.Write(file, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true);
                writer.WriteLine(json);
            });
        }
        catch (StorageException error)
        {
            string said = (error.InnerException ?? error).Message.TrimEnd('.', ' ');
            throw new StorageException(file, $"the result cannot be written there ({said}); it stands on stdout, choose another --json-file", error);
        }
    }
}

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
