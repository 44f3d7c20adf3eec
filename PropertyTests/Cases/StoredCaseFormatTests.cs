using System.Text.Json.Nodes;
using Msr.Conformance.Cases;
using Msr.Conformance.Stored;
using Msr.Conformance.Verification;

namespace PropertyTests.Cases;

/// <summary>Stored cases that are damaged, wrong, or ask for what Msr has not: each has one sentence, and the run goes on.</summary>
public sealed class StoredCaseFormatTests
{
    private const string Convolution = "conv2d_04_n2c3h9w7o5k3x3";
    private const string Loss = "cross_entropy_00_n4k10";
    private const string Weighted = "cross_entropy_12_n9k5";

    public static TheoryData<string, Action<object>> Damages => new()
    {
        { "case.json is no JSON: line 1: ", Do(static copy => File.WriteAllText(copy.PathOf("case.json"), "{ \"format\": ")) },
        { "case.json says the format 'neutral-case/2' instead of 'neutral-case/1'", Do(static copy => copy.Change(static d => d["format"] = "neutral-case/2")) },
        { "there is no file ", Do(static copy => File.Delete(copy.PathOf("case.json"))) },
        { "the file input.w.bin of the tensor 'w' is missing", Do(static copy => File.Delete(copy.PathOf("input.w.bin"))) },
        { "the file input.x.bin has 16 bytes; f64 [2, 3, 9, 7] needs 3024", Do(static copy => copy.Rewrite("input.x.bin", static v => v[..2])) },
        { "the tensor 'x' has the dtype 'f16'; known are f64, f32, i64", Do(static copy => copy.Change(static d => d["tensors"]![0]!["dtype"] = "f16")) },
        { "the tensor 'x' has no shape of positive whole extents", Do(static copy => copy.Change(static d => d["tensors"]![0]!["shape"] = new JsonArray(2, -3))) },
        { "the tensor 'x' names the file '../input.x.bin'", Do(static copy => copy.Change(static d => d["tensors"]![0]!["file"] = "../input.x.bin")) },
        { "there is no tensor 'w'", Do(static copy => copy.Remove("w")) },
        { "the attribute 'stride' is no list of 2 whole numbers", Do(static copy => copy.SetAttribute("stride", new JsonArray(1, 1, 1))) },
        { "the attributes do not give y [2, 5, ", Do(static copy => copy.SetAttribute("padding_tlbr", new JsonArray(2, 2, 2, 2))) },
    };

    public static TheoryData<string, string, Action<object>> Unsupported => new()
    {
        { Convolution, "convolution with padding mode 'circular'", Do(static copy => copy.SetAttribute("padding_mode", "circular")) },
        { Convolution, "conv2d with the attribute 'output_padding'", Do(static copy => copy.SetAttribute("output_padding", 1)) },
        { Convolution, "no op of Msr runs 'conv_transpose2d'", Do(static copy => copy.Change(static d => d["op"] = "conv_transpose2d")) },
        { "max_pool2d_00_n2c3h8w8k2x2", "pooling with dilated windows", Do(static copy => copy.SetAttribute("dilation", 2)) },
        { "avg_pool2d_00_n2c3h8w8k2x2", "pooling with asymmetric padding", Do(static copy => copy.SetAttribute("padding_tlbr", new JsonArray(0, 0, 1, 1))) },
        { "sgd_00", "the optimizer 'adam'", Do(static copy => copy.SetAttribute("type", "adam")) },
        { Loss, "cross_entropy with the reduction 'batchmean'", Do(static copy => copy.SetAttribute("reduction", "batchmean")) },
        { Convolution, "the onnx suite is not run yet", Do(static copy => copy.Change(static d => d["suite"] = "onnx")) },
        { Convolution, "no op of Msr gives the result 'extra' of conv2d", Do(static copy => copy.Change(static d => AddResult(d, "extra"))) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_case_fails_with_one_sentence(string sentence, Action<object> damage)
    {
        using StoredCaseCopy copy = new(Convolution);
        damage(copy);
        CaseReport report = copy.Run();
        Assert.Equal(Verdict.Failed, report.Verdict);
        Assert.Contains(sentence, report.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', report.Failure.Message);
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void What_Msr_has_not_is_skipped_with_its_reason(string id, string reason, Action<object> change)
    {
        using StoredCaseCopy copy = new(id);
        change(copy);
        CaseReport report = copy.Run();
        Assert.Equal((Verdict.Skipped, reason), (report.Verdict, report.Reason));
    }

    [Fact]
    public void A_wrong_element_is_named_by_its_place_in_the_stored_order()
    {
        using StoredCaseCopy copy = new(Convolution);
        copy.Rewrite("output.y.bin", static values => [.. values.Select(static (value, i) => i == 17 ? value * 1.001 : value)]);
        CaseReport report = copy.Run();
        Assert.StartsWith("'y'[17] is ", report.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("error/bound", report.Failure.Message, StringComparison.Ordinal);
        Assert.Equal($"msr verify --backend cpu --cases {copy.Folder} --case {Convolution}", report.Failure.Command("cpu"));
    }

    [Theory]
    [InlineData(Loss, 0)]
    [InlineData(Loss, 0.1)]
    [InlineData(Weighted, 0)]
    [InlineData(Weighted, 0.1)]
    public void Ignored_labels_class_weights_and_smoothing_are_what_the_formula_says(string id, double smoothing)
    {
        using StoredCaseCopy copy = new(id);
        StoredCase stored = StoredCase.Open(copy.PathOf(""));
        int[] labels = stored.Integers("target");
        double[] p = stored.Reals("softmax"), logP = stored.Reals("log_softmax");
        int k = stored.Tensor("logits").Shape[1];
        double[] w = stored.Has("class_weight") ? stored.Reals("class_weight") : [.. Enumerable.Repeat(1.0, k)];
        int ignored = labels[1];
        double total = labels.Where(label => label != ignored).Sum(label => w[label]);
        double Target(int row, int c) => labels[row] == ignored ? 0 : (((c == labels[row] ? (1 - smoothing) * w[c] : 0) + (smoothing / k * w[c])) / total);
        double loss = 0;
        double[] gradient = new double[p.Length];
        for (int i = 0; i < p.Length; i++)
        {
            (int row, int c) = Math.DivRem(i, k);
            loss -= Target(row, c) * logP[i];
            gradient[i] = (p[i] * Enumerable.Range(0, k).Sum(other => Target(row, other))) - Target(row, c);
        }

        copy.SetAttribute("ignore_index", ignored);
        copy.SetAttribute("label_smoothing", smoothing);
        copy.Rewrite("output.loss.bin", _ => [loss]);
        copy.Rewrite("grad.dlogits.bin", _ => gradient);
        foreach (string backend in StoredCases.Backends)
        {
            CaseReport report = copy.Run(backend);
            Assert.True(report.Verdict == Verdict.Passed, report.Failure?.Message ?? report.Reason);
        }
    }

    [Fact]
    public void Where_a_case_says_nothing_of_its_sums_the_bound_of_the_op_is_taken()
    {
        using StoredCaseCopy copy = new(Convolution);
        foreach (string result in new[] { "y", "dx", "dw", "db" })
        {
            copy.Remove($"{result}.absdot");
        }

        foreach (string backend in StoredCases.Backends)
        {
            Assert.Equal(Verdict.Passed, copy.Run(backend).Verdict);
        }
    }

    [Theory]
    [InlineData("""{ "format": "neutral-case/1", "count": 2, "cases": [ { "id": "a", "op": "sgd" } ] }""", "lists 1 cases but counts 2.")]
    [InlineData("""{ "format": "other", "count": 0, "cases": [] }""", "says the format 'other' instead of 'neutral-case/1'.")]
    [InlineData("""{ "format": "neutral-case/1", "cases": [ { "op": "sgd" } ] }""", "is no index of stored cases: it needs 'format', 'count', and 'cases'")]
    [InlineData("[]", "is no index of stored cases")]
    [InlineData("{", "is no JSON: line 1")]
    public void A_damaged_index_is_refused(string index, string sentence)
    {
        using StoredCaseCopy copy = new("sgd_00");
        copy.WriteIndex(index);
        StoredFormatException error = Assert.Throws<StoredFormatException>(() => StoredSuite.Open(copy.Folder));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private static Action<object> Do(Action<StoredCaseCopy> change) => copy => change((StoredCaseCopy)copy);

    /// <summary>Adds a result that no runner knows.</summary>
    private static void AddResult(JsonObject description, string name)
    {
        JsonArray tensors = description["tensors"]!.AsArray();
        JsonNode tensor = tensors.First(static candidate => candidate!["name"]!.GetValue<string>() == "y")!.DeepClone();
        tensor["name"] = name;
        tensors.Add(tensor);
    }
}
