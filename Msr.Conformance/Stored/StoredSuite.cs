using System.Text.Json;

namespace Msr.Conformance.Stored;

/// <summary>A folder of stored cases with its index.</summary>
public sealed class StoredSuite
{
    /// <summary>The format of a case.</summary>
    internal const string Format = "neutral-case/1";

    private const string IndexFormat = "neutral-case-index/1";

    private StoredSuite(string folder, IReadOnlyList<(string Id, string Op)> cases) => (Folder, Cases) = (folder, cases);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Id and op of each case, in the order of the index.</summary>
    public IReadOnlyList<(string Id, string Op)> Cases { get; }

    /// <summary>Reads the index of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="StoredFormatException">The folder is missing, or its index is not as it should be.</exception>
    public static StoredSuite Open(string folder)
    {
        string file = Path.Combine(folder, "index.json");
        if (!Directory.Exists(folder))
        {
            throw new StoredFormatException($"There is no folder {folder}.");
        }

        if (!File.Exists(file))
        {
            throw new StoredFormatException($"{folder} holds no stored cases: there is no index.json in it.");
        }

        try
        {
            return Read(folder, JsonElement.Parse(File.ReadAllText(file)));
        }
        catch (JsonException error)
        {
            throw new StoredFormatException($"{file} is no JSON: {Sentence(error)}.", error);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StoredFormatException($"{file} is no index of stored cases: it needs 'format', 'count', and 'cases' with 'id', 'op' and 'tier'.", error);
        }
    }

    /// <summary>The same folder with some of its cases.</summary>
    /// <param name="choose">Whether to keep a case, by id and op.</param>
    public StoredSuite Where(Func<string, string, bool> choose) => new(Folder, [.. Cases.Where(stored => choose(stored.Id, stored.Op))]);

    /// <summary>The folder of a case.</summary>
    /// <param name="id">The id of the case.</param>
    /// <exception cref="StoredFormatException">The id is no name of a folder.</exception>
    public string FolderOf(string id) => id.Length > 0 && id != ".." && Path.GetFileName(id) == id
        ? Path.Combine(Folder, id)
        : throw new StoredFormatException($"the id '{id}' is no name of a folder");

    /// <summary>The error of a JSON text and its place, without a full stop.</summary>
    internal static string Sentence(JsonException error)
    {
        int cut = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string message = (cut < 0 ? error.Message : error.Message[..cut]).TrimEnd('.');
        return $"line {(error.LineNumber ?? 0) + 1}: {message}";
    }

    private static StoredSuite Read(string folder, JsonElement index)
    {
        string? format = index.GetProperty("format").GetString();
        if (format is not (Format or IndexFormat))
        {
            throw new StoredFormatException($"{Path.Combine(folder, "index.json")} says the format '{format}' instead of '{Format}'.");
        }

        (string, string)[] cases = [.. index.GetProperty("cases").EnumerateArray().Select(static entry => (Text(entry, "id"), Text(entry, "op")))];
        return !index.TryGetProperty("count", out JsonElement count) || count.GetInt32() == cases.Length
            ? new StoredSuite(folder, cases)
            : throw new StoredFormatException($"{Path.Combine(folder, "index.json")} lists {cases.Length} cases but counts {count.GetInt32()}.");
    }

    private static string Text(JsonElement entry, string property) => entry.GetProperty(property).GetString() ?? throw new FormatException(property);
}

/// <summary>A folder of stored cases, or one of its cases, is not in the format neutral-case/1. The message is one sentence that names the file.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause, if another exception is.</param>
public sealed class StoredFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A stored case asks for something that no op of Msr computes: it is skipped for this reason.</summary>
/// <param name="message">The reason, without a full stop.</param>
internal sealed class UnsupportedCaseException(string message) : Exception(message);
