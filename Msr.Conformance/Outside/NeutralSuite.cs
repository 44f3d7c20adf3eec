using System.Text.Json;

namespace Msr.Conformance.Outside;

/// <summary>A folder of stored cases with its index.</summary>
public sealed class NeutralSuite
{
    /// <summary>The format of a case.</summary>
    internal const string Format = "neutral-case/1";

    private const string IndexFormat = "neutral-case-index/1";

    private NeutralSuite(string folder, IReadOnlyList<(string Id, string Op)> cases) => (Folder, Cases) = (folder, cases);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Id and op of each case, in the order of the index.</summary>
    public IReadOnlyList<(string Id, string Op)> Cases { get; }

    /// <summary>Reads the index of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="NeutralFormatException">The folder is missing, or its index is not as it should be.</exception>
    public static NeutralSuite Open(string folder)
    {
        string file = Path.Combine(folder, "index.json");
        if (!Directory.Exists(folder))
        {
            throw new NeutralFormatException($"There is no folder {folder}.");
        }

        if (!File.Exists(file))
        {
            throw new NeutralFormatException($"{folder} holds no stored cases: there is no index.json in it.");
        }

        try
        {
            return Read(folder, JsonElement.Parse(File.ReadAllText(file)));
        }
        catch (JsonException error)
        {
            throw new NeutralFormatException($"{file} is no JSON: {Sentence(error)}.", error);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new NeutralFormatException($"{file} is no index of stored cases: it needs 'format', 'count', and 'cases' with 'id', 'op' and 'tier'.", error);
        }
    }

    /// <summary>The same folder with some of its cases.</summary>
    /// <param name="choose">Whether to keep a case, by id and op.</param>
    public NeutralSuite Where(Func<string, string, bool> choose) => new(Folder, [.. Cases.Where(stored => choose(stored.Id, stored.Op))]);

    /// <summary>The folder of a case.</summary>
    /// <param name="id">The id of the case.</param>
    /// <exception cref="NeutralFormatException">The id is no name of a folder.</exception>
    public string FolderOf(string id) => id.Length > 0 && id != ".." && Path.GetFileName(id) == id
        ? Path.Combine(Folder, id)
        : throw new NeutralFormatException($"the id '{id}' is no name of a folder");

    /// <summary>What is wrong with a JSON text and where, without a full stop.</summary>
    internal static string Sentence(JsonException error)
    {
        int cut = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string message = (cut < 0 ? error.Message : error.Message[..cut]).TrimEnd('.');
        return $"line {(error.LineNumber ?? 0) + 1}: {message}";
    }

    private static NeutralSuite Read(string folder, JsonElement index)
    {
        string? format = index.GetProperty("format").GetString();
        if (format is not (Format or IndexFormat))
        {
            throw new NeutralFormatException($"{Path.Combine(folder, "index.json")} says the format '{format}' instead of '{Format}'.");
        }

        (string, string)[] cases = [.. index.GetProperty("cases").EnumerateArray().Select(static entry => (Text(entry, "id"), Text(entry, "op")))];
        return !index.TryGetProperty("count", out JsonElement count) || count.GetInt32() == cases.Length
            ? new NeutralSuite(folder, cases)
            : throw new NeutralFormatException($"{Path.Combine(folder, "index.json")} lists {cases.Length} cases but counts {count.GetInt32()}.");
    }

    private static string Text(JsonElement entry, string property) => entry.GetProperty(property).GetString() ?? throw new FormatException(property);
}
