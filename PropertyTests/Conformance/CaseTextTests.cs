using Msr.Conformance.Cases;
using Msr.Conformance.Verification;

namespace PropertyTests.Conformance;

/// <summary>A case and its text are the same thing.</summary>
public sealed class CaseTextTests
{
    public static TheoryData<string> Kinds => [.. CaseCatalog.All.Select(static entry => entry.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_text_gives_the_case_that_it_is_of(string kind)
    {
        CaseEntry entry = CaseCatalog.Find(kind)!;
        for (ulong seed = 0; seed < 50; seed++)
        {
            TestCase drawn = entry.Generate(seed);
            TestCase read = CaseTextReader.Read($"{drawn}");
            Assert.Equal($"{drawn}", $"{read}");
            Assert.Equal(drawn.Descriptor, read.Descriptor);
            Assert.Equal(drawn.GetType(), read.GetType());
        }
    }

    [Theory]
    [InlineData("", "'' is no case: it needs a kind, a geometry and a seed in hexadecimal, such as 'matmul m2l3n4#2a'.")]
    [InlineData("matmul", "'matmul' is no case: it needs a kind")]
    [InlineData("matmul m2l3n4", "it needs a kind, a geometry and a seed")]
    [InlineData("matmul m2l3n4#xyz", "it needs a kind, a geometry and a seed")]
    [InlineData("matmul m2l3n4#11111111111111111", "it needs a kind, a geometry and a seed")]
    [InlineData("matmull m2l3n4#1", "There is no kind 'matmull'; near to it: matmul.")]
    [InlineData("conv m2#1", "There is no kind 'conv'; near to it: conv.backward-data, conv.backward-filter, conv.forward, copy.")]
    [InlineData("zzzzzzzz m2#1", "There is no kind 'zzzzzzzz', nor one near to it.")]
    [InlineData("matmul m2l3#1", "'matmul m2l3#1' is no case: 'n' (columns) is missing.")]
    [InlineData("matmul m2l3n4n5#1", "'n' (columns) is given twice.")]
    [InlineData("matmul m2l3n4z5#1", "there is no 'z'; the keys are m (rows), ")]
    [InlineData("matmul m0l3n4#1", "'m' (rows) is at least 1, not 0.")]
    [InlineData("matmul m2l3n#1", "'n' is not a key and a number, such as m2.")]
    [InlineData("matmul m2l3n99999999999#1", "is not a key and a number")]
    [InlineData("matmul m2l3n4/odd#1", "'odd' is no value class; they are normal, common, wide")]
    [InlineData("conv.forward n1c1h1w1k1r3s3u1v1p0q0#1", "is no valid geometry: the filter spans 3 but the padded input has only 1 in height.")]
    [InlineData("conv.forward n1c3h1w1k3r1s1u1v1p0q0g2#1", "2 groups do not divide 3 input and 3 output channels.")]
    [InlineData("matmul m50000l3n50000#1", "elements; at most 134217728 are possible.")]
    [InlineData("conv.forward n2000000000c2000000000h1000000000w1k2r1s1u1v1p0q0#1", "it has more elements than can be counted.")]
    public void A_malformed_text_is_refused_with_a_sentence(string text, string sentence)
    {
        FormatException error = Assert.Throws<FormatException>(() => CaseTextReader.Read(text));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_choose_kinds()
    {
        Assert.Equal(["conv.backward-data", "conv.backward-filter", "conv.forward"], CaseCatalog.Matching("conv.*").Select(static entry => entry.Kind));
        Assert.Equal(CaseCatalog.All, CaseCatalog.Matching("*"));
        Assert.Empty(CaseCatalog.Matching("conv"));
    }
}
