using System.Reflection;
using System.Text.Json;
using Msr.Core.Numerics;

namespace PropertyTests.Cases;

/// <summary>A case in the format neutral-case/1: attributes, and tensors by name. Tensors are read when they are asked for.</summary>
internal sealed class NeutralCase
{
    private readonly Dictionary<string, NeutralTensor> _tensors = new(StringComparer.Ordinal);

    private NeutralCase(string folder, JsonElement description)
    {
        Id = description.GetProperty("id").GetString()!;
        Op = description.GetProperty("op").GetString()!;
        Tier = description.GetProperty("tier").GetInt32();
        Attributes = description.GetProperty("attrs");
        foreach (JsonElement tensor in description.GetProperty("tensors").EnumerateArray())
        {
            string name = tensor.GetProperty("name").GetString()!;
            Shape shape = new([.. tensor.GetProperty("shape").EnumerateArray().Select(static extent => extent.GetInt32())]);
            _tensors.Add(name, new NeutralTensor(
                name,
                tensor.GetProperty("role").GetString()!,
                tensor.GetProperty("dtype").GetString()!,
                shape,
                Path.Combine(folder, tensor.GetProperty("file").GetString()!),
                tensor));
        }
    }

    /// <summary>The folder of all suites, in the source tree: the cases are too many to copy beside every build.</summary>
    public static string Root { get; } = typeof(NeutralCase).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "CasesFolder").Value!;

    /// <summary>The name of the case, which is its folder.</summary>
    public string Id { get; }

    /// <summary>The kind of op or network.</summary>
    public string Op { get; }

    /// <summary>1 for the core of a trainer, 2 for what is near to it, 3 for the outer edge.</summary>
    public int Tier { get; }

    /// <summary>The attributes of the op.</summary>
    public JsonElement Attributes { get; }

    /// <summary>The names of its tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The ids of a suite, in the order of its index.</summary>
    /// <param name="suite">The name of the suite's folder.</param>
    public static IReadOnlyList<string> Ids(string suite)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, suite, "index.json")));
        string[] ids = [.. index.RootElement.GetProperty("cases").EnumerateArray().Select(static entry => entry.GetProperty("id").GetString()!)];
        return ids.Length == index.RootElement.GetProperty("count").GetInt32()
            ? ids
            : throw new InvalidDataException($"The index of '{suite}' lists {ids.Length} cases but counts otherwise.");
    }

    /// <summary>Opens a case.</summary>
    /// <param name="suite">The name of the suite's folder.</param>
    /// <param name="id">The id of the case.</param>
    public static NeutralCase Open(string suite, string id)
    {
        string folder = Path.Combine(Root, suite, id);
        JsonElement description = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        return description.GetProperty("format").GetString() == "neutral-case/1"
            ? new NeutralCase(folder, description)
            : throw new InvalidDataException($"{id} is not in the format neutral-case/1.");
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of a name.</summary>
    public NeutralTensor Tensor(string name) => _tensors[name];

    /// <summary>The elements of a tensor, channels first as stored.</summary>
    public double[] Reals(string name) => _tensors[name].Read();

    /// <summary>The elements of a tensor of integers.</summary>
    public int[] Integers(string name) => Array.ConvertAll(Reals(name), static value => checked((int)value));

    /// <summary>A pair of integers among the attributes.</summary>
    public (int First, int Second) Pair(string attribute)
    {
        JsonElement pair = Attributes.GetProperty(attribute);
        return (pair[0].GetInt32(), pair[1].GetInt32());
    }
}
