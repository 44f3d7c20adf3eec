using System.Text.Json.Nodes;
using Msr.Conformance.Stored;
using Msr.Conformance.Verification;

namespace PropertyTests.Cases;

/// <summary>A suite of one case copied to a folder of its own, to be changed. It lives as long as a test.</summary>
internal sealed class StoredCaseCopy : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msr-cases-");

    public StoredCaseCopy(string id)
    {
        Id = id;
        Directory.CreateDirectory(Path.Combine(Folder, id));
        foreach (string file in Directory.GetFiles(StoredCases.Torch.FolderOf(id)))
        {
            File.Copy(file, PathOf(Path.GetFileName(file)));
        }

        string op = JsonNode.Parse(File.ReadAllText(PathOf("case.json")))!["op"]!.GetValue<string>();
        WriteIndex($$"""{ "format": "neutral-case/1", "count": 1, "cases": [ { "id": "{{id}}", "op": "{{op}}", "tier": 1 } ] }""");
    }

    public string Id { get; }

    public string Folder => _directory.FullName;

    public string PathOf(string file) => Path.Combine(Folder, Id, file);

    public void WriteIndex(string text) => File.WriteAllText(Path.Combine(Folder, "index.json"), text);

    /// <summary>Changes the description of the case.</summary>
    public void Change(Action<JsonObject> change)
    {
        JsonObject description = JsonNode.Parse(File.ReadAllText(PathOf("case.json")))!.AsObject();
        change(description);
        File.WriteAllText(PathOf("case.json"), description.ToJsonString());
    }

    /// <summary>Changes an attribute.</summary>
    public void SetAttribute(string name, JsonNode? value) => Change(description => description["attrs"]![name] = value);

    /// <summary>Leaves a tensor out.</summary>
    public void Remove(string tensor) => Change(description =>
    {
        JsonArray tensors = description["tensors"]!.AsArray();
        tensors.Remove(tensors.Single(candidate => candidate!["name"]!.GetValue<string>() == tensor));
    });

    /// <summary>Changes the float64 elements of a file.</summary>
    public void Rewrite(string file, Func<double[], double[]> change)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(file));
        double[] values = new double[bytes.Length / sizeof(double)];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        values = change(values);
        bytes = new byte[values.Length * sizeof(double)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        File.WriteAllBytes(PathOf(file), bytes);
    }

    /// <summary>Runs it.</summary>
    public CaseReport Run(string backend = "cpu") => StoredCases.Run(StoredSuite.Open(Folder), Id, backend);

    public void Dispose() => _directory.Delete(recursive: true);
}
